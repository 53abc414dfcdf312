-- Holds the action of an account for a day if this refusal, whose type does not say why
-- and which no data explain, comes right after one of another person: then the account is
-- the cause, and not the person. Other outcomes hold nothing.
create or replace function outreach.hold_after_refusals(
    attempt outreach.send_attempts,
    recorded outreach.send_attempt_outcomes
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    answer_before record;
begin
    if recorded.decided_by <> 'answer'
        or not outreach.is_unexplained_type(recorded.error_type)
    then
        return;
    end if;

    select
        outcomes.outcome,
        outcomes.error_type,
        attempts.prospect_id
    into answer_before
    from outreach.send_attempts as attempts
    inner join outreach.send_attempt_outcomes as outcomes
        on
            outcomes.workspace_id = attempt.workspace_id
            and attempts.attempt_id = outcomes.attempt_id
    where
        attempts.workspace_id = attempt.workspace_id
        and attempts.account_id = attempt.account_id
        and attempts.action = attempt.action
        and attempts.begun_at >= attempt.begun_at - interval '24 hours'
        and attempts.attempt_id < attempt.attempt_id
        and outcomes.decided_by = 'answer'
    order by attempts.attempt_id desc, outcomes.outcome_id desc
    limit 1;

    if answer_before.outcome = recorded.outcome
        and answer_before.prospect_id <> attempt.prospect_id
        and outreach.is_unexplained_type(answer_before.error_type)
    then
        perform outreach.hold_account_action(
            attempt, recorded, interval '24 hours'
        );
    end if;
end
$$;
