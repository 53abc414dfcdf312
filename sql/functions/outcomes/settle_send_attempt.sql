-- Lets an attempt's newest outcome take effect on its job and enrollment.
-- Evidence of a send always does; a no counts only for the attempt that its job is
-- waiting for, and only while nothing says that it was sent. What nobody answered stays
-- unknown and is never sent again on a guess; only a call that may be repeated is.
create or replace function outreach.settle_send_attempt(
    attempt outreach.send_attempts,
    recorded outreach.send_attempt_outcomes,
    actor text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    job outreach.campaign_send_jobs;
    waits_for_this boolean;
begin
    perform
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = attempt.workspace_id
        and enrollments.enrollment_id = attempt.enrollment_id
    for no key update;

    select jobs.*
    into strict job
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = attempt.workspace_id
        and jobs.job_id = attempt.job_id
    for no key update;

    waits_for_this := job.status in ('sending', 'unknown') and not exists (
        select 1
        from outreach.send_attempts as attempts
        where
            attempts.workspace_id = attempt.workspace_id
            and attempts.job_id = attempt.job_id
            and attempts.attempt_id > attempt.attempt_id
    );

    if recorded.means = 'sent' then
        perform outreach.settle_sent(
            attempt.workspace_id, array[recorded.outcome_id], actor,
            recorded.recorded_at
        );
    elsif not waits_for_this
        or exists (
            select 1
            from outreach.attempt_states as attempts
            where
                attempts.workspace_id = attempt.workspace_id
                and attempts.attempt_id = attempt.attempt_id
                and attempts.state = 'sent'
        )
    then
        return;
    elsif recorded.means = 'unsent' then
        perform outreach.settle_unsent(attempt, job, recorded, actor);
    elsif outreach.may_be_repeated(attempt.action) then
        perform outreach.retry_job(attempt, job, recorded, actor);
    elsif job.status = 'sending' then
        perform outreach.set_job_status(job, 'unknown');
        perform outreach.record_enrollment_event(
            job.workspace_id, job.enrollment_id, 'send_unknown', actor,
            recorded.recorded_at,
            step_id => job.step_id,
            details => jsonb_build_object(
                'job_id', job.job_id,
                'attempt_id', attempt.attempt_id,
                'decided_by', recorded.decided_by
            )
        );
    end if;
end
$$;
