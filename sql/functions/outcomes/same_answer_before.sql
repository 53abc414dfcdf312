-- The answer just before this one, of the same account and action within 24 hours, if it
-- had the same outcome and was about another person; else null. Two such refusals in a
-- row have the account as their cause, and not the person.
create or replace function outreach.same_answer_before(
    attempt outreach.send_attempts,
    recorded outreach.send_attempt_outcomes
)
returns outreach.send_attempt_outcomes
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return (
        select
            case
                when
                    outcomes.outcome = recorded.outcome
                    and attempts.prospect_id <> attempt.prospect_id
                    then row(outcomes.*)::outreach.send_attempt_outcomes
            end
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
        limit 1
    );
end
$$;
