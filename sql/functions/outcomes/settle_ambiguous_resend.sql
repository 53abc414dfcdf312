-- Applies cannot_resend_yet about a person who is neither pending nor connected. If the
-- answer before it refused another person, the account is the cause: its action is held,
-- unless an earlier invite to the person was withdrawn or ignored, which explains it.
-- Otherwise the person is the cause and gets a cooldown, as long as the error's class says,
-- and the job is retried after it; the third such answer fails the job.
create or replace function outreach.settle_ambiguous_resend(
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
begin
    if not (
            recorded.error_type like '%/%'
            and coalesce((recorded.facts ->> 'is_invite_closed')::boolean, false)
        )
        and (outreach.same_answer_before(attempt, recorded)).outcome is not null
    then
        perform outreach.hold_account_action(attempt, recorded);
        perform outreach.set_job_status(job, 'queued');
    elsif job.retry_count + 1 >= most_refusals then
        perform outreach.fail_job(
            job, coalesce(recorded.error_type, recorded.outcome), actor,
            recorded.recorded_at
        );
    else
        perform outreach.cool_prospect(
            attempt, recorded,
            coalesce(
                (
                    select classes.cool_for
                    from outreach.provider_error_classes as classes
                    where classes.error_type = recorded.error_type
                    order by classes.cool_for desc nulls last
                    limit 1
                ),
                interval '24 hours'
            )
        );
        perform outreach.set_job_status(job, 'queued', is_retry => true);
    end if;
end
$$;
