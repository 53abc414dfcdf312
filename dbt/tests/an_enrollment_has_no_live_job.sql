-- Fails for each enrollment that stands ready on a step and has no job to send it by
-- (LL#274, LL#277). What to do: see that reconciled_orphans ran; it makes each missing
-- job once. What it leaves has failed for good, or was begun before: look at the job
-- that ended last, and decide about the person by hand.
-- A warning: what repairs it must be able to run.
{{ config(severity='warn') }}

select
    workspace_id,
    enrollment_id,
    account_id,
    linkedin_status,
    current_step_id,
    campaign_name || ' (campaign ' || campaign_id || ')' as subject,
    'Enrollment ' || enrollment_id || ' is ' || linkedin_status
    || ' and has no live job.' as message

from {{ ref('enrollment_blockers') }}

where blocker = 'no_live_job'
