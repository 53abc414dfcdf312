-- Completes a step whose latest call is known unsent, by an earlier call of the step that
-- was sent: a person decided that it was not, and its answer arrived while the latest
-- call was under way. Without this, the job is queued for a step that is done, and no
-- claim ever takes it. An answer that ends the step itself, and one that leaves the
-- latest call unknown, is settled as any other. Returns whether the step was completed.
-- The caller holds the locks.
create or replace function outreach.settle_by_earlier_send(
    attempt outreach.send_attempts,
    job outreach.campaign_send_jobs,
    recorded outreach.send_attempt_outcomes,
    actor text
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    sent_outcome_id bigint;
begin
    if recorded.outcome in (
        'unknown', 'already_connected', 'already_pending', 'already_gone'
    ) then
        return false;
    end if;

    select outcomes.outcome_id
    into sent_outcome_id
    from outreach.send_attempts as attempts
    inner join outreach.send_attempt_outcomes as outcomes
        on
            outcomes.workspace_id = attempt.workspace_id
            and attempts.attempt_id = outcomes.attempt_id
            and outcomes.means = 'sent'
    where
        attempts.workspace_id = attempt.workspace_id
        and attempts.enrollment_id = attempt.enrollment_id
        and attempts.step_id = attempt.step_id
        and attempts.action = attempt.action
        and attempts.attempt_id < attempt.attempt_id
    order by attempts.attempt_id, outcomes.outcome_id
    limit 1;

    if sent_outcome_id is null then
        return false;
    end if;

    -- A queued job waits for no answer of its own, so the earlier one completes it.
    perform outreach.set_job_status(job, 'queued');
    perform outreach.settle_sent(
        attempt.workspace_id, array[sent_outcome_id], actor, recorded.recorded_at
    );

    return true;
end
$$;
