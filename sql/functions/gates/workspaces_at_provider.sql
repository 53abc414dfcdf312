-- The workspaces that are called at a provider's address of either version, by their
-- ids; of any provider, without an address.
-- share: the ids that one of several senders takes, such as {[1,1000]}; null for all.
create or replace function outreach.workspaces_at_provider(
    provider_dsn text,
    share int8multirange default null
)
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select workspaces.workspace_id
    from outreach.workspaces
    where
        (
            workspaces_at_provider.provider_dsn is null
            or workspaces_at_provider.provider_dsn
            in (workspaces.provider_dsn, workspaces.v2_provider_dsn)
        )
        and (
            workspaces_at_provider.share is null
            or workspaces_at_provider.share @> workspaces.workspace_id
        )
    order by workspaces.workspace_id;
end
$$;
