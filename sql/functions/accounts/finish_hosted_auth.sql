-- Creates or links the account of a person who logged in on a hosted page. The LinkedIn
-- identity from the provider decides which account it is. A new account gets its first
-- limits and windows. Refused for an account that is called at another address of the
-- provider: a person connected at both keeps the one account. Returns its id.
create or replace function outreach.finish_hosted_auth(
    workspace_id bigint,
    link_id bigint,
    linkedin_identity text,
    account_name text,
    has_premium boolean,
    as_of timestamptz default null,
    premium_features text [] default '{}'
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    moment constant timestamptz := coalesce(as_of, clock_timestamp());
    link outreach.hosted_auth_links;
    page_dsn text;
    known_account_id bigint;
    known_dsn text;
    is_new boolean;
begin
    select links.*
    into link
    from outreach.hosted_auth_links as links
    where
        links.workspace_id = finish_hosted_auth.workspace_id
        and links.link_id = finish_hosted_auth.link_id
        and links.notified_at is not null
        and links.finished_at is null
    for update;

    if not found then
        raise exception 'hosted page % of workspace % has no login to finish',
            finish_hosted_auth.link_id, finish_hosted_auth.workspace_id
            using
                errcode = 'no_data_found',
                hint = 'Another run has finished it, or there was no login on it.';
    end if;

    known_account_id := link.account_id;

    if known_account_id is null then
        select provider_accounts.account_id
        into known_account_id
        from outreach.provider_accounts
        where
            provider_accounts.workspace_id = link.workspace_id
            and provider_accounts.linkedin_identity
            = finish_hosted_auth.linkedin_identity;
    end if;

    page_dsn := coalesce(
        link.provider_dsn,
        (
            select workspaces.provider_dsn
            from outreach.workspaces
            where workspaces.workspace_id = link.workspace_id
        )
    );

    select provider_accounts.provider_dsn
    into known_dsn
    from outreach.provider_accounts
    where
        provider_accounts.workspace_id = link.workspace_id
        and provider_accounts.account_id = known_account_id;

    if known_dsn <> page_dsn then
        raise exception
            'the login at % is of account %, which is called at %',
            page_dsn, known_account_id, known_dsn
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Move the account with `trueup account migrate-to-v2`; until '
                || 'then it goes on at its own address.';
    end if;

    is_new := known_account_id is null;

    if is_new then
        insert into outreach.linkedin_accounts (
            workspace_id, name, first_name, last_name, timezone, has_premium,
            premium_features, opened_on, created_by
        )
        values (
            link.workspace_id, account_name,
            nullif(split_part(account_name, ' ', 1), ''),
            nullif(substr(account_name, strpos(account_name || ' ', ' ') + 1), ''),
            link.timezone, finish_hosted_auth.has_premium,
            finish_hosted_auth.premium_features, link.opened_on, link.requested_by
        )
        returning account_id into known_account_id;
    end if;

    perform outreach.link_provider_account(
        link.workspace_id, known_account_id, finish_hosted_auth.linkedin_identity,
        link.provider_account_id, link.requested_by,
        'logged in on a hosted page (' || link.notified_status || ')', moment,
        page_dsn
    );

    if is_new then
        perform outreach.give_first_settings(
            link.workspace_id, known_account_id,
            coalesce(link.limit_preset, 'recommended'), link.requested_by, moment
        );
    end if;

    update outreach.hosted_auth_links as links
    set
        finished_at = moment,
        account_id = known_account_id
    where
        links.workspace_id = link.workspace_id
        and links.link_id = link.link_id;

    return known_account_id;
end
$$;
