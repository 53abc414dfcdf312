-- The newest page of a workspace on which a new account may still log in, by the hash of
-- its token; null if there is none. provider_dsn: the address that made the page; the
-- workspace's own if null. A person whose provider cannot reach this machine
-- says that the login was made.
create or replace function outreach.open_hosted_auth(
    workspace_id bigint,
    at timestamptz,
    provider_dsn text default null
)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return (
        select links.token_sha256
        from outreach.hosted_auth_links as links
        where
            links.workspace_id = open_hosted_auth.workspace_id
            and links.account_id is null
            and links.notified_at is null
            and links.finished_at is null
            and links.expires_at > open_hosted_auth.at
            and (
                open_hosted_auth.provider_dsn is null
                or links.provider_dsn is null
                or links.provider_dsn = open_hosted_auth.provider_dsn
            )
        order by links.link_id desc
        limit 1
    );
end
$$;
