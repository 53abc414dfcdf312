-- Links an account to its provider id by its LinkedIn identity: for the first time, or
-- again after it was deleted and added at the provider. The account's row stays the
-- same, with its ledger, its queue and the time of its first link. provider_dsn: the
-- address of the provider that gave the id; the account's own, or its workspace's, if
-- null. Nothing was read under a new id or address, so steps wait for the next poll of the
-- account's messages. Returns whether anything changed; each change has its row in
-- provider_account_links.
create or replace function outreach.link_provider_account(
    workspace_id bigint,
    account_id bigint,
    linkedin_identity text,
    provider_account_id text,
    actor text,
    reason text,
    at timestamptz default null,
    provider_dsn text default null
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    account_name text;
    own outreach.provider_accounts;
    other outreach.provider_accounts;
    own_dsn text;
    moment timestamptz;
begin
    account_name := (
        outreach.lock_account(
            link_provider_account.workspace_id, link_provider_account.account_id
        )
    ).name;

    select provider_accounts.*
    into other
    from outreach.provider_accounts
    where
        (
            provider_accounts.linkedin_identity
            = link_provider_account.linkedin_identity
            or provider_accounts.provider_account_id
            = link_provider_account.provider_account_id
        )
        and not (
            provider_accounts.workspace_id = link_provider_account.workspace_id
            and provider_accounts.account_id = link_provider_account.account_id
        )
    limit 1;

    if found then
        raise exception
            'the LinkedIn identity % is linked to account % of workspace % already, '
            'so it cannot be linked to account % (%) of workspace %',
            other.linkedin_identity, other.account_id, other.workspace_id,
            link_provider_account.account_id, account_name,
            link_provider_account.workspace_id
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'A person has one set of limits: use that account, or '
                || 'log in as somebody else.';
    end if;

    select provider_accounts.*
    into own
    from outreach.provider_accounts
    where
        provider_accounts.workspace_id = link_provider_account.workspace_id
        and provider_accounts.account_id = link_provider_account.account_id
    for update;

    if own.linkedin_identity <> link_provider_account.linkedin_identity then
        raise exception
            'account % (%) of workspace % is the LinkedIn identity %, not %',
            own.account_id, account_name, own.workspace_id, own.linkedin_identity,
            link_provider_account.linkedin_identity
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Log in as the person whose account it is, or connect the '
                || 'other one as an account of its own.';
    end if;

    own_dsn := coalesce(
        link_provider_account.provider_dsn,
        own.provider_dsn,
        (
            select workspaces.provider_dsn
            from outreach.workspaces
            where workspaces.workspace_id = link_provider_account.workspace_id
        )
    );

    if
        own.provider_account_id = link_provider_account.provider_account_id
        and own.provider_dsn = own_dsn
    then
        return false;
    end if;

    moment := coalesce(link_provider_account.at, clock_timestamp());

    if own.provider_account_id is null then
        insert into outreach.provider_accounts (
            linkedin_identity, provider_account_id, workspace_id, account_id, linked_at,
            provider_dsn
        )
        values (
            link_provider_account.linkedin_identity,
            link_provider_account.provider_account_id,
            link_provider_account.workspace_id,
            link_provider_account.account_id,
            moment,
            own_dsn
        );
    else
        update outreach.provider_accounts
        set
            provider_account_id = link_provider_account.provider_account_id,
            provider_dsn = own_dsn
        where provider_accounts.linkedin_identity = own.linkedin_identity;
    end if;

    insert into outreach.provider_account_links (
        workspace_id, account_id, linkedin_identity, from_provider_account_id,
        to_provider_account_id, from_provider_dsn, to_provider_dsn, actor, reason,
        linked_at
    )
    values (
        link_provider_account.workspace_id, link_provider_account.account_id,
        link_provider_account.linkedin_identity, own.provider_account_id,
        link_provider_account.provider_account_id, own.provider_dsn, own_dsn, actor,
        reason, moment
    );

    perform outreach.forget_read_messages(
        link_provider_account.workspace_id, link_provider_account.account_id, moment
    );

    return true;
end
$$;
