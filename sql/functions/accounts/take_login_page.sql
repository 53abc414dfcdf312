-- The page, of the provider at this address, of a login that nobody told, locked.
-- Nothing shows on which page a person logged in: the settings given here make a page of
-- their own; else the page that was named; else the open pages, if all have the same
-- settings; else one with defaults. Several open pages with different settings are
-- refused. settings_from says where the settings are from.
create or replace function outreach.take_login_page(
    workspace_id bigint,
    provider_dsn text,
    named_link_id bigint,
    timezone text,
    limit_preset text,
    account_age interval,
    new_token_sha256 text,
    actor text,
    new_expires_at timestamptz,
    at timestamptz,
    out link_id bigint,
    out token_sha256 text,
    out settings text,
    out settings_from text
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    is_given constant boolean := num_nonnulls(
        take_login_page.timezone, take_login_page.limit_preset,
        take_login_page.account_age
    ) > 0;
    open_count integer;
    settings_count integer;
    listed text;
begin
    if is_given and named_link_id is not null then
        raise exception 'a login page has settings already'
            using
                errcode = 'check_violation',
                hint = 'Name the page, or give the settings, but not both.';
    end if;

    -- Two logins are not taken in by one page.
    perform 1
    from outreach.hosted_auth_links as links
    where
        links.workspace_id = take_login_page.workspace_id
        and links.account_id is null
        and links.notified_at is null
        and links.expires_at > take_login_page.at
    order by links.link_id
    for update;

    select
        count(*),
        count(distinct pages.settings),
        string_agg(pages.page || ': ' || pages.settings, '; ' order by pages.link_id),
        min(pages.link_id)
    into open_count, settings_count, listed, link_id
    from outreach.open_login_pages(
        take_login_page.workspace_id, take_login_page.provider_dsn, take_login_page.at
    ) as pages
    where
        not is_given
        and pages.link_id = coalesce(named_link_id, pages.link_id);

    if named_link_id is not null and open_count = 0 then
        raise exception 'login page % of this workspace is not open', named_link_id
            using
                errcode = 'no_data_found',
                hint = 'Open are: ' || coalesce(
                    (
                        select string_agg(pages.page, '; ' order by pages.link_id)
                        from outreach.open_login_pages(
                            take_login_page.workspace_id,
                            take_login_page.provider_dsn,
                            take_login_page.at
                        ) as pages
                    ),
                    'none'
                ) || '.';
    end if;

    if settings_count > 1 then
        raise exception '% open login pages have different settings, and nothing shows '
            'on which of them the login was made', open_count
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Say which page: ' || listed || '.';
    end if;

    settings_from := case
        when is_given then 'the settings given now'
        when open_count = 0 then 'the defaults, because no login page is open'
    end;

    if link_id is null then
        perform outreach.begin_hosted_auth(
            take_login_page.workspace_id, null, new_token_sha256,
            take_login_page.timezone, actor, new_expires_at, take_login_page.at,
            coalesce(take_login_page.limit_preset, 'recommended'),
            take_login_page.account_age, take_login_page.provider_dsn
        );
    end if;

    select
        pages.link_id,
        pages.token_sha256,
        pages.settings,
        coalesce(settings_from, 'login ' || pages.page)
    into link_id, token_sha256, settings, settings_from
    from outreach.open_login_pages(
        take_login_page.workspace_id, take_login_page.provider_dsn, take_login_page.at
    ) as pages
    where
        pages.token_sha256 = new_token_sha256
        or pages.link_id = take_login_page.link_id
    order by pages.link_id
    limit 1;
end
$$;
