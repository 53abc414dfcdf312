-- The connected accounts at a provider's address of whose messages a webhook tells us
-- at our own address (outreach.webhook_events_told_at). The messages of the others are
-- polled.
create or replace function outreach.accounts_told_of_messages(
    provider_dsn text,
    request_url text,
    at timestamptz
)
returns table (workspace_id bigint, account_id bigint)
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
    from outreach.accounts_at_provider(
        accounts_told_of_messages.provider_dsn
    ) as accounts
    where
        accounts.status in ('connected', 'degraded', 'partial')
        and exists (
            select 1
            from outreach.webhook_events_told_at(
                accounts_told_of_messages.provider_dsn, request_url,
                accounts_told_of_messages.at
            ) as told
            where
                told.wanted_event = 'message_received'
                and outreach.is_told_of(
                    told.provider_account_ids, accounts.provider_account_id
                )
        );
end
$$;
