{{ config(materialized='table') }}

{# The mart judges each next action at each look, so its alerts and checks share one. #}
select
    workspace_id,
    enrollment_id,
    account_id,
    account_name,
    kind,
    is_late_again,
    is_unpaired,
    next_action_at,
    job_id,
    job_status,
    run_at,
    clamped_to

from {{ ref('stale_next_actions') }}
