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
begin
    if recorded.decided_by <> 'answer'
        or not outreach.is_unexplained_type(recorded.error_type)
    then
        return;
    end if;

    if outreach.is_unexplained_type(
            (outreach.same_answer_before(attempt, recorded)).error_type
        )
    then
        perform outreach.hold_account_action(
            attempt, recorded, interval '24 hours'
        );
    end if;
end
$$;
