-- The connected accounts at a provider's address of whose messages a webhook tells us
-- at our own address: an enabled subscription covered them in the newest complete read
-- of the provider's list, of the last two days. Without our address, or without such a
-- read, no account is returned: its messages are polled.
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
    with

    newest as (

        select reads.items
        from outreach.provider_wide_reads as reads
        where
            reads.provider_dsn = accounts_told_of_messages.provider_dsn
            and reads.list = 'webhooks'
            and reads.subject = request_url
            and reads.is_complete
            and reads.ended_at <= accounts_told_of_messages.at
            and reads.ended_at > accounts_told_of_messages.at - interval '48 hours'
        order by
            reads.ended_at desc,
            reads.read_id desc
        limit 1

    ),

    subscriptions as (

        select told.provider_account_ids
        from newest
        cross join lateral outreach.told_webhook_events(newest.items) as told
        where told.wanted_event = 'message_received'

    )

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
            from subscriptions
            where
                outreach.is_told_of(
                    subscriptions.provider_account_ids, accounts.provider_account_id
                )
        );
end
$$;
