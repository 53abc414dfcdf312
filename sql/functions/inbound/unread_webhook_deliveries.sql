-- Locks and gives the oldest deliveries that are yet to be read, and those set aside
-- for an account that is known by now. Others who read at the same time get others.
create or replace function outreach.unread_webhook_deliveries(batch integer)
returns table (
    delivery_id bigint,
    body bytea,
    received_at timestamptz
)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
begin
    return query
    with

    taken as (

        select inbox.delivery_id
        from outreach.linkedin_webhook_inbox as inbox
        where
            inbox.quarantine_reason is null
            or (
                inbox.quarantine_reason = 'unknown account'
                and inbox.provider_account_id in (
                    select accounts.provider_account_id
                    from outreach.provider_accounts as accounts
                    union all
                    select links.from_provider_account_id
                    from outreach.provider_account_links as links
                )
            )
        order by inbox.delivery_id
        limit unread_webhook_deliveries.batch
        for update skip locked

    )

    select
        deliveries.delivery_id,
        deliveries.body,
        deliveries.received_at
    from taken
    -- One look-up each, whatever the statistics say of a table that grows in bursts.
    cross join lateral (
        select linkedin_webhook_deliveries.*
        from outreach.linkedin_webhook_deliveries
        where linkedin_webhook_deliveries.delivery_id = taken.delivery_id
        limit 1
    ) as deliveries
    order by deliveries.delivery_id;
end
$$;
