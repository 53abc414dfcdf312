-- An attempt that is found after a restore was made already, so no limit and no window
-- holds it back. Only the owner appends it, once a step, for a job that is claimed.
create or replace function outreach.judge_found_attempt()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if not pg_has_role(
        (
            select pg_class.relowner
            from pg_catalog.pg_class
            where pg_class.oid = 'outreach.send_attempts'::regclass
        ),
        'usage'
    ) then
        raise exception 'only the owner of the ledger appends attempts that were found'
            using
                errcode = 'insufficient_privilege',
                hint = 'Run trueup db after-restore as the owner.';
    end if;

    new.timezone := (
        select
            outreach.account_timezone(
                accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
                new.begun_at
            )
        from outreach.linkedin_accounts as accounts
        where
            accounts.workspace_id = new.workspace_id
            and accounts.account_id = new.account_id
    );
    new.minimum_gap := '0';

    return new;
end
$$;

create or replace trigger found_attempts_were_made_before
before insert on outreach.send_attempts
for each row
when (new.is_found)
execute function outreach.judge_found_attempt();
