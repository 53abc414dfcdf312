-- When a workspace gets another address of the same version, the accounts at its old
-- address are called at the new one. Between versions the provider's ids differ, so
-- accounts move one by one, and a workspace with accounts is not moved as a whole.
create or replace function outreach.move_accounts_with_their_workspace()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if outreach.is_on_a_worker() then
        return null;
    end if;

    if
        (old.provider_dsn like '%/v2') <> (new.provider_dsn like '%/v2')
        and exists (
            select 1
            from outreach.provider_accounts
            where
                provider_accounts.workspace_id = new.workspace_id
                and provider_accounts.provider_dsn = old.provider_dsn
        )
    then
        raise exception
            'workspace % has accounts at %, whose ids another version of the '
            'provider''s API does not know',
            new.workspace_id, old.provider_dsn
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Open the workspace to the new address, and move its accounts '
                || 'one by one.';
    end if;

    update outreach.provider_accounts
    set provider_dsn = new.provider_dsn
    where
        provider_accounts.workspace_id = new.workspace_id
        and provider_accounts.provider_dsn = old.provider_dsn;

    return null;
end
$$;

create or replace trigger accounts_follow_their_workspace
after update of provider_dsn on outreach.workspaces
for each row
when (old.provider_dsn is distinct from new.provider_dsn)
execute function outreach.move_accounts_with_their_workspace();
