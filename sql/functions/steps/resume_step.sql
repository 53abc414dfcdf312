-- Continues after a look-up, or without one that is not needed: queues the step's own
-- job with the time of the previous job, or, if the look-up was the step, moves to the
-- next step. An enrollment that has replied or was stopped gets no job.
create or replace function outreach.resume_step(
    job outreach.campaign_send_jobs,
    actor text,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    enrollment outreach.campaign_prospects;
    step_action text;
begin
    select enrollments.*
    into strict enrollment
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = job.workspace_id
        and enrollments.enrollment_id = job.enrollment_id;

    if enrollment.linkedin_status not in (
        'ready_to_invite', 'pending_accept', 'ready_to_message'
    ) or enrollment.current_step_id <> job.step_id
    then
        return;
    end if;

    select steps.action
    into strict step_action
    from outreach.campaign_steps as steps
    where
        steps.workspace_id = job.workspace_id
        and steps.step_id = job.step_id;

    -- A person who became a connection during the look-up needs no invite.
    if step_action = 'resolve_profile'
        or (
            step_action = 'send_invite'
            and enrollment.linkedin_accepted_at is not null
        )
    then
        perform outreach.advance_enrollments(
            job.workspace_id, array[job.enrollment_id], actor, at
        );
        return;
    end if;

    perform outreach.queue_send_job(job.workspace_id, job.enrollment_id, job.run_at);
end
$$;
