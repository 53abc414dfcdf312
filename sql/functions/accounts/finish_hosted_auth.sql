-- Creates or links the account of a person who logged in on a hosted page. The LinkedIn
-- identity from the provider decides which account it is. A new account gets its first
-- limits and windows. Returns its id.
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
    known_account_id bigint;
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

    is_new := known_account_id is null;

    if is_new then
        insert into outreach.linkedin_accounts (
            workspace_id, name, first_name, last_name, timezone, has_premium,
            premium_features, opened_on
        )
        values (
            link.workspace_id, account_name,
            nullif(split_part(account_name, ' ', 1), ''),
            nullif(substr(account_name, strpos(account_name || ' ', ' ') + 1), ''),
            link.timezone, finish_hosted_auth.has_premium,
            finish_hosted_auth.premium_features, link.opened_on
        )
        returning account_id into known_account_id;
    end if;

    perform outreach.link_provider_account(
        link.workspace_id, known_account_id, finish_hosted_auth.linkedin_identity,
        link.provider_account_id, link.requested_by,
        'logged in on a hosted page (' || link.notified_status || ')', moment
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
