-- Pages with a login at a provider's address, whose account is not yet created or
-- linked, oldest first.
create or replace function outreach.hosted_auths_to_finish(provider_dsn text)
returns table (
    workspace_id bigint,
    link_id bigint,
    provider_account_id text,
    requested_by text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        links.workspace_id,
        links.link_id,
        links.provider_account_id,
        links.requested_by
    from outreach.hosted_auth_links as links
    inner join outreach.workspaces
        on links.workspace_id = workspaces.workspace_id
    where
        coalesce(links.provider_dsn, workspaces.provider_dsn)
        = hosted_auths_to_finish.provider_dsn
        and links.notified_at is not null
        and links.finished_at is null
    order by
        links.notified_at,
        links.link_id;
end
$$;
