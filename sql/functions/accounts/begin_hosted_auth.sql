-- Records a hosted page on which a person logs in as an account, or as a new account.
-- A new one lives in that time zone, or in its workspace's; its first limits are those of
-- the preset for its stated age. provider_dsn: the address of the provider that makes the
-- page, of either version; the workspace's own if null. Returns the provider's id of the
-- account if it can log in again, null if it must be added. Refused for an account that
-- is called at another address.
create or replace function outreach.begin_hosted_auth(
    workspace_id bigint,
    account_id bigint,
    token_sha256 text,
    timezone text,
    requested_by text,
    expires_at timestamptz,
    as_of timestamptz default null,
    limit_preset text default 'recommended',
    account_age interval default null,
    provider_dsn text default null
)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    new_timezone constant text := case
        when account_id is null
            then coalesce(
                begin_hosted_auth.timezone,
                (
                    select workspaces.timezone
                    from outreach.workspaces
                    where workspaces.workspace_id = begin_hosted_auth.workspace_id
                )
            )
    end;
    new_opened_on date;
    page_dsn text;
    known_dsn text;
    provider_account_id text;
begin
    page_dsn := coalesce(
        begin_hosted_auth.provider_dsn,
        (
            select workspaces.provider_dsn
            from outreach.workspaces
            where workspaces.workspace_id = begin_hosted_auth.workspace_id
        )
    );

    if account_id is null then
        if not exists (
            select 1
            from outreach.timezones
            where timezones.timezone = new_timezone
        ) then
            raise exception 'a new account cannot live in time zone "%"',
                left(coalesce(new_timezone, ''), 100)
                using
                    errcode = 'check_violation',
                    hint = outreach.timezone_hint(new_timezone);
        end if;

        perform outreach.preset_limits(
            begin_hosted_auth.limit_preset, 'free', begin_hosted_auth.account_age
        );
        new_opened_on := outreach.opened_on(
            begin_hosted_auth.account_age, (at at time zone new_timezone)::date
        );
    end if;

    if account_id is not null then
        select
            case when accounts.status <> 'deleted' then linked.provider_account_id end,
            linked.provider_dsn
        into
            provider_account_id,
            known_dsn
        from outreach.linkedin_accounts as accounts
        left join outreach.provider_accounts as linked
            on
                accounts.workspace_id = linked.workspace_id
                and accounts.account_id = linked.account_id
        where
            accounts.workspace_id = begin_hosted_auth.workspace_id
            and accounts.account_id = begin_hosted_auth.account_id;

        if not found then
            raise exception 'workspace % has no LinkedIn account %',
                begin_hosted_auth.workspace_id, begin_hosted_auth.account_id
                using
                    errcode = 'no_data_found',
                    hint = 'Search for the account in outreach.linkedin_accounts.';
        elsif known_dsn <> page_dsn then
            raise exception 'account % is called at %, and the page would be of %',
                begin_hosted_auth.account_id, known_dsn, page_dsn
                using
                    errcode = 'object_not_in_prerequisite_state',
                    hint = 'Ask for a page at its own address, or move it first with '
                    || '`trueup account migrate-to-v2`.';
        end if;
    end if;

    insert into outreach.hosted_auth_links (
        workspace_id, token_sha256, account_id, timezone, requested_by, requested_at,
        expires_at, limit_preset, opened_on, provider_dsn
    )
    values (
        begin_hosted_auth.workspace_id, begin_hosted_auth.token_sha256,
        begin_hosted_auth.account_id, new_timezone, requested_by, at, expires_at,
        case when account_id is null then begin_hosted_auth.limit_preset end,
        new_opened_on, page_dsn
    );

    return provider_account_id;
end
$$;
