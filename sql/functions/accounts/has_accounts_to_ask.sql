-- Whether the provider should be queried about accounts now: all are due, an account
-- has a new status webhook, or a person has logged in. A login in progress is queried
-- every five minutes. A schedule calls this before it starts a run.
create or replace function outreach.has_accounts_to_ask(
    provider_dsn text,
    as_of timestamptz default null
)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    long_ago constant timestamptz
    := coalesce(as_of, clock_timestamp()) - interval '5 minutes';
begin
    return
        outreach.are_accounts_due(
            has_accounts_to_ask.provider_dsn, has_accounts_to_ask.as_of
        )
        or exists (
            select 1
            from outreach.hosted_auths_to_finish(has_accounts_to_ask.provider_dsn)
        )
        or exists (
            select 1
            from outreach.accounts_to_refresh(has_accounts_to_ask.provider_dsn) as told
            inner join outreach.linkedin_accounts as accounts
                on
                    told.workspace_id = accounts.workspace_id
                    and told.account_id = accounts.account_id
            where
                accounts.status <> 'connecting'
                or accounts.last_sync_at is null
                or accounts.last_sync_at < long_ago
        );
end
$$;
