-- A limit cannot be passed, whoever begins: counted from the ledger under the
-- account's lock, in statements later than the lock, so that two at once see each
-- other. The limits that the attempt carries must be the ones in force.
create or replace function outreach.assert_attempt_stays_within_limits()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    reached text;
begin
    perform outreach.assert_read_committed();

    perform
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = new.workspace_id
        and accounts.account_id = new.account_id
    for no key update;

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
