-- Queues the job of an attempt that was decided as not sent. If reads decided it after
-- the provider had refused the call without saying why, the next one would be refused
-- too: the person gets a cooldown of a day, and the third such refusal fails the job.
create or replace function outreach.requeue_unsent(
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
    most_refusals constant integer := 3;
    refused_as text;
begin
    select answers.error_type
    into refused_as
    from outreach.send_attempt_outcomes as answers
    where
        answers.workspace_id = attempt.workspace_id
        and answers.attempt_id = attempt.attempt_id
        and answers.decided_by = 'answer'
        and recorded.decided_by = 'read'
        and outreach.is_unexplained_type(answers.error_type)
    limit 1;

    if refused_as is null then
        perform outreach.set_job_status(job, 'queued');
    elsif job.retry_count + 1 >= most_refusals then
        perform outreach.fail_job(job, refused_as, actor, recorded.recorded_at);
    else
        perform outreach.cool_prospect(attempt, recorded, interval '24 hours');
        perform outreach.set_job_status(job, 'queued', is_retry => true);
    end if;
end
$$;
