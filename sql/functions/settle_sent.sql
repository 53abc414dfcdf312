-- An attempt turned out to be sent: its event on the day on which it began, its job
-- completed at the call's time, its enrollment one step on.
create or replace function outreach.settle_sent(
    attempt outreach.send_attempts,
    job outreach.campaign_send_jobs,
    recorded outreach.send_attempt_outcomes,
    waits_for_this boolean,
    actor text
)
returns void
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
    status_now text;
begin
    if exists (
        select
        from outreach.campaign_events as events
        where
            events.workspace_id = attempt.workspace_id
            and events.attempt_id = attempt.attempt_id
            and events.counted_on is not null
    ) then
        return;
    end if;

    select enrollments.linkedin_status
    into status_now
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = attempt.workspace_id
        and enrollments.enrollment_id = attempt.enrollment_id;

    perform outreach.record_enrollment_event(
        attempt.workspace_id, attempt.enrollment_id, 'invite_sent', actor,
        attempt.begun_at,
        to_status => case when status_now = 'ready_to_invite' then 'pending_accept' end,
        details => jsonb_build_object(
            'job_id', attempt.job_id,
            'outcome', recorded.outcome,
            'decided_by', recorded.decided_by,
            'provider_reference', recorded.provider_reference
        ),
        attempt_id => attempt.attempt_id,
        action => attempt.action,
        counted_on => attempt.counted_on,
        step_id => attempt.step_id
    );

    update outreach.campaign_prospects as enrollments
    set linkedin_invited_at = attempt.begun_at
    where
        enrollments.workspace_id = attempt.workspace_id
        and enrollments.enrollment_id = attempt.enrollment_id
        and enrollments.linkedin_invited_at is null;

    -- A job that went on to a later attempt waits for that one's own answer.
    if waits_for_this or job.status in ('queued', 'claimed') then
        perform outreach.set_job_status(
            job, 'completed', completed_at => attempt.begun_at
        );
        perform outreach.advance_enrollment(
            attempt.workspace_id, attempt.enrollment_id, actor, recorded.recorded_at
        );
    end if;
end
$$;
