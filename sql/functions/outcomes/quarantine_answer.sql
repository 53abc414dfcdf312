-- Sets the job of an answer that could not take effect to unknown, and opens an alert.
-- The answer stays stored: outreach.unsettled_answers() lists it, and the next
-- reconciliation tries it again.
create or replace function outreach.quarantine_answer(
    workspace_id bigint,
    outcome_id bigint,
    message text,
    error_code text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    answer record;
    job outreach.campaign_send_jobs;
begin
    select
        attempts.attempt_id,
        attempts.account_id,
        attempts.job_id,
        outcomes.recorded_at
    into strict answer
    from outreach.send_attempt_outcomes as outcomes
    inner join outreach.send_attempts as attempts
        on
            attempts.workspace_id = quarantine_answer.workspace_id
            and outcomes.attempt_id = attempts.attempt_id
    where
        outcomes.workspace_id = quarantine_answer.workspace_id
        and outcomes.outcome_id = quarantine_answer.outcome_id;

    perform outreach.lock_accounts(
        quarantine_answer.workspace_id, array[answer.account_id]
    );

    perform outreach.open_admin_alert(
        quarantine_answer.workspace_id, 'answer_not_settled', 'job ' || answer.job_id,
        'The answer to attempt ' || answer.attempt_id || ' is kept, but could not '
        || 'take effect: ' || message,
        jsonb_build_object('attempt_id', answer.attempt_id, 'sqlstate', error_code),
        answer.recorded_at
    );

    select jobs.*
    into strict job
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = quarantine_answer.workspace_id
        and jobs.job_id = answer.job_id;

    if job.status = 'sending' then
        perform outreach.set_job_status(job, 'unknown');
    end if;
end
$$;
