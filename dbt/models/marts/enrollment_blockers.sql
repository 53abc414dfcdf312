with

blockers as (

    select * from {{ ref('int_enrollment_blockers') }}

)

select
    workspace_id,
    enrollment_id,
    campaign_id,
    campaign_name,
    prospect_id,
    prospect_name,
    public_identifier,
    account_id,
    account_name,
    linkedin_status,
    current_step_id,
    step_action,
    job_id,
    job_status,
    next_action_at,
    blocker,
    {{ blocker_explanation('blocker') }} as explanation,
    lifts_at,
    jobs_ahead_count

from blockers
