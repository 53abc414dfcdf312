-- Fails for each enrollment that is ready at a step and has no job to send it (LL#274,
-- LL#277). What to do: check that reconciled_orphans ran; it makes each missing job
-- once. The enrollments that it leaves have failed permanently or were begun before:
-- read the job that ended last, and decide about the person yourself.
-- A warning: an error would keep the repair from running.
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
