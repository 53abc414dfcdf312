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
set search_path = ''
as $$
#variable_conflict use_column
declare
    judged record;
    begun outreach.begun_send_attempt;
begin
    select refusals.*
    into strict judged
    from outreach.refusals_to_send(
        begin_or_refuse.workspace_id, worker, rendered, at
    ) as refusals;

    begun := row(judged.job_id, null, judged.refusal);

    if judged.refusal = 'lease_lost' then
        return begun; -- another's by now
    elsif judged.cancels then
        perform outreach.cancel_job(judged.job, judged.refusal, worker, at);
    elsif judged.resumes then
        perform outreach.set_job_status(judged.job, 'cancelled', judged.refusal);
        perform outreach.resume_step(judged.job, worker, at);
    elsif judged.refusal is not null then
        perform outreach.set_job_status(judged.job, 'queued');
    elsif (judged.job).action = 'end_wait' then
        perform outreach.end_wait(judged.job, worker, at);
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
        perform outreach.set_aside(judged.job, sqlerrm, at);
        return row(judged.job_id, null::bigint, 'error'::text);
end
$$;
