-- Queues a job again whose call had no effect and may be repeated, with its time. The
-- account's action is held for 30 seconds, doubled for each failure in a row up to an
-- hour, or for the answer's Retry-After. A call that was not sent is retried without a
-- limit. A call that was answered or not answered is tried 8 times. Then the job fails
-- if the account has sent something else meanwhile, because then the job is the cause;
-- otherwise the person gets a cooldown of a day, and other jobs are next.
create or replace function outreach.retry_job(
    attempt outreach.send_attempts,
    job outreach.campaign_send_jobs,
    recorded outreach.send_attempt_outcomes,
    actor text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    most_retries constant integer := 8;
    in_a_row integer;
    is_our_side constant boolean := (
        recorded.outcome = 'retry_safe' and recorded.http_status is null
    );
begin
    if not is_our_side and job.retry_count >= most_retries then
        if exists (
            select 1
            from outreach.attempt_states as others
            where
                others.workspace_id = attempt.workspace_id
                and others.account_id = attempt.account_id
                and others.job_id <> attempt.job_id
                and others.attempt_id > (
                    select min(attempts.attempt_id)
                    from outreach.send_attempts as attempts
                    where
                        attempts.workspace_id = attempt.workspace_id
                        and attempts.job_id = attempt.job_id
                )
                and others.state = 'sent'
        ) then
            perform outreach.fail_job(
                job, 'retries_exhausted', actor, recorded.recorded_at
            );
            return;
        end if;

        perform outreach.cool_prospect(attempt, recorded, interval '24 hours');
    end if;

    select count(*)
    into in_a_row
    from outreach.send_attempts as attempts
    where
        attempts.workspace_id = attempt.workspace_id
        and attempts.account_id = attempt.account_id
        and attempts.action = attempt.action
        and attempts.begun_at > attempt.begun_at - interval '24 hours'
        and attempts.attempt_id < attempt.attempt_id
        and attempts.attempt_id > (
            select coalesce(max(others.attempt_id), 0)
            from outreach.send_attempts as others
            inner join outreach.send_attempt_outcomes as outcomes
                on
                    outcomes.workspace_id = attempt.workspace_id
                    and others.attempt_id = outcomes.attempt_id
            where
                others.workspace_id = attempt.workspace_id
                and others.account_id = attempt.account_id
                and others.action = attempt.action
                and others.begun_at > attempt.begun_at - interval '24 hours'
                and others.attempt_id < attempt.attempt_id
                and outcomes.outcome not in ('retry_safe', 'unknown')
        );

    perform outreach.hold_account_action(
        attempt, recorded,
        least(interval '30 seconds' * 2 ^ least(in_a_row, 7), interval '1 hour')
    );
    perform outreach.set_job_status(job, 'queued', is_retry => not is_our_side);
end
$$;
