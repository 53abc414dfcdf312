{{ config(materialized='table') }}

{# The mart judges each next action at each look, so its checks share one. #}
select
    workspace_id,
    enrollment_id,
    kind

from {{ ref('stale_next_actions') }}
