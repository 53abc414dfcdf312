{{ config(materialized='table') }}

{# The mart judges each active enrollment at each look, so its checks share one. #}
select
    workspace_id,
    enrollment_id,
    blocker,
    explanation

from {{ ref('enrollment_blockers') }}
