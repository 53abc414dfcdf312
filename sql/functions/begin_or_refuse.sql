-- Begins one claimed job, or says why not and puts it where it belongs. A job that
-- raises an error is passed over for an hour, with an alert, so that one bad row never
-- stops the others. The account's row is locked by the caller.
create or replace function outreach.begin_or_refuse(
    job outreach.campaign_send_jobs,
    worker text,
    variant text,
    request_sha256 text,
    validation_stamps text [],
    at timestamptz,
    lease interval
)
returns outreach.begun_send_attempt
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
    refused record;
    begun_attempt_id bigint;
begin
    select refusals.*
    into refused
    from outreach.refusal_to_send(job, variant, validation_stamps, at) as refusals;

    if refused.cancels then
        perform outreach.cancel_job(job, refused.refusal, worker, at);
    elsif refused.resumes then
        perform outreach.set_job_status(job, 'cancelled', refused.refusal);
        perform outreach.resume_step(job, worker, at);
    elsif refused.refusal is not null then
        perform outreach.set_job_status(job, 'queued');
    elsif job.action = 'end_wait' then
        perform outreach.end_wait(job, worker, at);
        refused.refusal := 'wait_ended';
    else
        begun_attempt_id := outreach.begin_send_attempt(
            job, worker, variant, request_sha256, validation_stamps, at
        );

        update outreach.campaign_send_jobs as jobs
        set
            status = 'sending',
            lease_expires_at = at + lease
        where
            jobs.workspace_id = job.workspace_id
            and jobs.job_id = job.job_id;
    end if;

    return row(job.job_id, begun_attempt_id, refused.refusal);
exception
    when transaction_rollback or operator_intervention or insufficient_resources then
        raise;
    when others then
        perform outreach.set_aside(job, sqlerrm, at);
        return row(job.job_id, null::bigint, 'error'::text);
end
$$;
