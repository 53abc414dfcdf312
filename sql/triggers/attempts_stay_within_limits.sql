-- A limit cannot be passed, whoever begins: counted from the ledger under the lock
-- that attempts_are_judged_under_lock took, in a later statement.
create or replace function outreach.assert_attempt_stays_within_limits()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    reached text;
begin
    reached := outreach.limit_reached(
        new.workspace_id, new.account_id, new.action, new.counted_on, new.begun_at
    );

    if reached is not null then
        raise exception
            'LinkedIn account % of workspace % is at its limit for %: %',
            new.account_id, new.workspace_id, new.action, reached
            using
                errcode = 'check_violation',
                hint = 'Wait until the limit allows it; see '
                || 'outreach.linkedin_account_limits.';
    end if;

    return new;
end
$$;

create or replace trigger attempts_stay_within_limits
before insert on outreach.send_attempts
for each row
execute function outreach.assert_attempt_stays_within_limits();
