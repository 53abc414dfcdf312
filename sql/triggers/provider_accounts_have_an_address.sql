-- A linked account is called at one address: the given one, else its workspace's. Only
-- an address that the workspace has is taken, so that no account of demo people is
-- called at a real provider. The address tells the version of the provider's API.
create or replace function outreach.complete_provider_address()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    own outreach.workspaces;
begin
    select workspaces.*
    into own
    from outreach.workspaces
    where workspaces.workspace_id = new.workspace_id;

    new.provider_dsn := coalesce(new.provider_dsn, own.provider_dsn);
    new.provider_version := case when new.provider_dsn like '%/v2' then 2 else 1 end;

    -- A worker has not got a change of the workspace yet that its coordinator makes.
    if
        not outreach.is_on_a_worker()
        and new.provider_dsn is distinct from own.provider_dsn
        and new.provider_dsn is distinct from own.v2_provider_dsn
    then
        raise exception
            'account % of workspace % cannot be called at %: the workspace is for %',
            new.account_id, new.workspace_id, new.provider_dsn,
            concat_ws(' and ', own.provider_dsn, own.v2_provider_dsn)
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Open the workspace to that address with '
                || 'outreach.open_workspace_to_provider() first.';
    end if;

    return new;
end
$$;

create or replace trigger provider_accounts_have_an_address
before insert or update of workspace_id, provider_dsn, provider_version
on outreach.provider_accounts
for each row
execute function outreach.complete_provider_address();
