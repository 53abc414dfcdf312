-- Linked accounts with a status webhook, or a login of their owner, since the last
-- health check. The webhook is only a reason to ask the provider. An account whose
-- login is in progress is returned each time.
create or replace function outreach.accounts_to_refresh(provider_dsn text)
returns table (
    workspace_id bigint,
    account_id bigint
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        accounts.workspace_id,
        accounts.account_id
    from outreach.accounts_at_provider(accounts_to_refresh.provider_dsn) as linked
    inner join outreach.linkedin_accounts as accounts
        on
            linked.workspace_id = accounts.workspace_id
            and linked.account_id = accounts.account_id
    where
        accounts.status = 'connecting'
        or exists (
            select 1
            from outreach.linkedin_events as events
            where
                events.workspace_id = accounts.workspace_id
                and events.account_id = accounts.account_id
                and events.event_type = 'account_status'
                and events.received_at > coalesce(accounts.last_sync_at, '-infinity')
        )
        or exists (
            select 1
            from outreach.hosted_auth_links as links
            where
                links.workspace_id = accounts.workspace_id
                and links.account_id = accounts.account_id
                and links.refusal is null
                and links.finished_at > coalesce(accounts.last_sync_at, '-infinity')
        )
    order by
        accounts.workspace_id,
        accounts.account_id;
end
$$;
