-- A row of provider_accounts has an existing account. A foreign key is not possible:
-- the table is read before a workspace is known, so it is a reference table in a
-- cluster, which cannot reference a table that is sharded by workspace. Accounts are
-- never deleted, because their audit rows refer to them.
create or replace function outreach.assert_provider_account_names_an_account()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if outreach.is_on_a_worker() then
        return new;
    end if;

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
