-- A row of provider_accounts names an account of ours. A foreign key cannot say it: the
-- table is looked up before a workspace is known, so it is the same on every node of a
-- cluster, and such a table cannot reference one that is spread by workspace. Accounts
-- are never deleted, because their audit rows refer to them.
create or replace function outreach.assert_provider_account_names_an_account()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform 1
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = new.workspace_id
        and accounts.account_id = new.account_id;

    if not found then
        raise exception
            'LinkedIn identity % cannot be linked to account % of workspace %: there is '
            'none',
            new.linkedin_identity, new.account_id, new.workspace_id
            using
                errcode = 'foreign_key_violation',
                hint = 'Search for the account in outreach.linkedin_accounts.';
    end if;

    return new;
end
$$;

create or replace trigger provider_accounts_name_an_account
before insert or update of workspace_id, account_id on outreach.provider_accounts
for each row
execute function outreach.assert_provider_account_names_an_account();
