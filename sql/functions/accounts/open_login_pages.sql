-- The pages on which a new account may still log in, oldest first: of a workspace, or of
-- all where it is null; made by the provider at an address, or at any. For a person: the
-- settings that the account gets, and the page with its number. Pages that expired, or
-- whose login is known, are left out.
create or replace function outreach.open_login_pages(
    workspace_id bigint,
    provider_dsn text,
    at timestamptz
)
returns table (
    in_workspace_id bigint,
    link_id bigint,
    token_sha256 text,
    settings text,
    page text
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
        links.token_sha256,
        outreach.first_settings_text(
            links.timezone, coalesce(links.limit_preset, 'recommended'),
            links.opened_on, open_login_pages.at
        ),
        format(
            'page %s, made %s UTC by %s',
            links.link_id,
            to_char(links.requested_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
            links.requested_by
        )
    from outreach.hosted_auth_links as links
    where
        (
            open_login_pages.workspace_id is null
            or links.workspace_id = open_login_pages.workspace_id
        )
        and (
            open_login_pages.provider_dsn is null
            or links.provider_dsn is null
            or links.provider_dsn = open_login_pages.provider_dsn
        )
        and links.account_id is null
        and links.notified_at is null
        and links.finished_at is null
        and links.expires_at > open_login_pages.at
    order by links.link_id;
end
$$;
