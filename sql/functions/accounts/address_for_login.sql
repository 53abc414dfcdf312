-- The address of the provider at which an account is called, or at which a new account of
-- a workspace logs in: that of version 2, if the workspace has one. Null for what does
-- not exist.
create or replace function outreach.address_for_login(
    workspace_id bigint,
    account_id bigint default null
)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return (
        select
            coalesce(
                linked.provider_dsn, workspaces.v2_provider_dsn, workspaces.provider_dsn
            )
        from outreach.workspaces
        left join outreach.provider_accounts as linked
            on
                linked.workspace_id = address_for_login.workspace_id
                and linked.account_id = address_for_login.account_id
        where workspaces.workspace_id = address_for_login.workspace_id
    );
end
$$;
