-- Settles an attempt; where that raises an error, sets its job aside as unknown and
-- tells a person, so that one bad row costs no other answer of the round. Errors that
-- a second try may cure are passed on: the whole round is recorded again.
create or replace function outreach.settle_or_quarantine(
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
begin
    perform outreach.settle_send_attempt(attempt, recorded, actor);
exception
    when transaction_rollback or operator_intervention or insufficient_resources then
        raise;
    when others then
        perform outreach.open_admin_alert(
            attempt.workspace_id, 'answer_not_settled', 'job ' || attempt.job_id,
            'The answer to attempt ' || attempt.attempt_id || ' is kept, but could not '
            || 'take effect: ' || sqlerrm,
            jsonb_build_object('attempt_id', attempt.attempt_id, 'sqlstate', sqlstate),
            recorded.recorded_at
        );

        select jobs.*
        into strict job
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = attempt.workspace_id
            and jobs.job_id = attempt.job_id
        for no key update;

        if job.status = 'sending' then
            perform outreach.set_job_status(job, 'unknown');
        end if;
end
$$;
