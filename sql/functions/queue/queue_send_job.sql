-- Creates the job of an enrollment's current step, due at run_at, and sets
-- next_action_at to the same time. If the person has to be looked up first, the look-up
-- is queued; the step's own job follows it with the same time. Returns the job's id.
create or replace function outreach.queue_send_job(
    workspace_id bigint,
    enrollment_id bigint,
    run_at timestamptz
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    place record;
    new_job_id bigint;
begin
    select
        enrollments.campaign_id,
        enrollments.account_id,
        steps.step_id,
        outreach.step_action(
            row(steps.*)::outreach.campaign_steps, prospects.provider_id is not null
        ) as action
    into place
    from outreach.campaign_prospects as enrollments
    inner join outreach.campaign_steps as steps
        on
            steps.workspace_id = queue_send_job.workspace_id
            and enrollments.current_step_id = steps.step_id
    inner join outreach.prospects
        on
            prospects.workspace_id = queue_send_job.workspace_id
            and enrollments.prospect_id = prospects.prospect_id
    where
        enrollments.workspace_id = queue_send_job.workspace_id
        and enrollments.enrollment_id = queue_send_job.enrollment_id;

    if place.action is null then
        raise exception 'enrollment % of workspace % has no current step, so no job can be queued',
            queue_send_job.enrollment_id, queue_send_job.workspace_id
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Set current_step_id to a step of its campaign that does '
                || 'something first.';
    end if;

    update outreach.campaign_prospects as enrollments
    set next_action_at = queue_send_job.run_at
    where
        enrollments.workspace_id = queue_send_job.workspace_id
        and enrollments.enrollment_id = queue_send_job.enrollment_id;

    insert into outreach.campaign_send_jobs (
        workspace_id, enrollment_id, campaign_id, step_id, account_id, action, run_at
    )
    values (
        queue_send_job.workspace_id, queue_send_job.enrollment_id, place.campaign_id,
        place.step_id, place.account_id, place.action, queue_send_job.run_at
    )
    returning campaign_send_jobs.job_id into new_job_id;

    return new_job_id;
end
$$;
