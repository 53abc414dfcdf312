-- Begins one claimed and rendered job, or says why not and puts it where it belongs. A
-- job that raises an error is passed over for an hour, with an alert, so that one bad
-- row never stops the others. The account's row is locked by the caller.
-- rendered: an array of one, see outreach.begin_send_attempts.
create or replace function outreach.begin_or_refuse(
    workspace_id bigint,
    worker text,
    rendered jsonb,
    at timestamptz,
    lease interval
)
returns outreach.begun_send_attempt
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    asked_job_id constant bigint := (rendered -> 0 ->> 'job_id')::bigint;
    job outreach.campaign_send_jobs;
    judged record;
    begun outreach.begun_send_attempt;
begin
    select jobs.*
    into job
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = begin_or_refuse.workspace_id
        and jobs.job_id = asked_job_id;

    select refusals.*
    into strict judged
    from outreach.refusals_to_send(
        begin_or_refuse.workspace_id, worker, rendered, at
    ) as refusals;

    begun := row(asked_job_id, null, judged.refusal);

    if judged.refusal = 'lease_lost' then
        return begun; -- another's by now
    elsif judged.cancels then
        perform outreach.cancel_job(job, judged.refusal, worker, at);
    elsif judged.resumes then
        perform outreach.set_job_status(job, 'cancelled', judged.refusal);
        perform outreach.resume_step(job, worker, at);
    elsif judged.refusal is not null then
        perform outreach.set_job_status(job, 'queued');
    elsif job.action = 'end_wait' then
        perform outreach.end_wait(job, worker, at);
        begun.refusal := 'wait_ended';
    else
        select written.*
        into strict begun
        from outreach.write_send_attempts(
            begin_or_refuse.workspace_id, worker, rendered, at, lease
        ) as written;
    end if;

    return begun;
exception
    when transaction_rollback or operator_intervention or insufficient_resources then
        raise;
    when others then
        -- Where judging it raised, it may be another's by now.
        if job.status = 'claimed' and job.claimed_by = begin_or_refuse.worker then
            perform outreach.quarantine_job(job, sqlerrm, at);
        end if;

        return row(asked_job_id, null::bigint, 'error'::text);
end
$$;
