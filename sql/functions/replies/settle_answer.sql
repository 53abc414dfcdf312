-- Lets an outcome of an answer take effect on its job, by its outcome class. It counts
-- only for the attempt that the job is waiting for. An answer without a word of the
-- provider stays unknown and is never sent again on a guess. An answer is bound to its
-- chat: where the provider refuses it for good, it has failed, and a person reads why.
-- The caller holds the account's lock.
create or replace function outreach.settle_answer(
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
    reason constant text := coalesce(recorded.error_type, recorded.outcome);
    job outreach.campaign_send_jobs;
    is_known_sent boolean;
begin
    select jobs.*
    into strict job
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = attempt.workspace_id
        and jobs.job_id = attempt.job_id
    for no key update;

    select coalesce(bool_or(attempts.state = 'sent'), false)
    into is_known_sent
    from outreach.attempt_states as attempts
    where
        attempts.workspace_id = attempt.workspace_id
        and attempts.job_id = attempt.job_id;

    -- A refusal that comes late says nothing about a later attempt, or about a send.
    if recorded.means <> 'sent' and (
        is_known_sent
        or job.status not in ('sending', 'unknown')
        or exists (
            select 1
            from outreach.send_attempts as later
            where
                later.workspace_id = attempt.workspace_id
                and later.job_id = attempt.job_id
                and later.attempt_id > attempt.attempt_id
        )
    ) then
        return;
    end if;

    perform outreach.apply_answer_to_account(attempt, recorded, actor);

    case
        when recorded.means = 'sent' and outreach.is_live_job(job.status) then
            perform outreach.set_job_status(
                job, 'completed', completed_at => attempt.begun_at
            );
        when recorded.means = 'sent' then
            null; -- settled before
        when recorded.outcome = 'unknown' then
            perform outreach.set_job_status(job, 'unknown');
        when recorded.outcome = 'retry_safe' then
            perform outreach.retry_job(attempt, job, recorded, actor);
        when recorded.outcome in (
            'account_limit', 'account_down', 'our_key_bad', 'decided_unsent'
        ) then
            perform outreach.set_job_status(job, 'queued');
        else
            perform outreach.set_job_status(job, 'failed', reason);
    end case;
end
$$;
