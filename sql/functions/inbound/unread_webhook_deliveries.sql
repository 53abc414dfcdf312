-- Locks and returns the oldest unprocessed deliveries, and quarantined ones whose
-- account is known by now. Concurrent calls get other deliveries.
create or replace function outreach.unread_webhook_deliveries(batch integer)
returns table (
    delivery_id bigint,
    body bytea,
    received_at timestamptz,
    api_version integer
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
            (inbox.quarantine_reason is null and inbox.taken_in_at is null)
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
        deliveries.received_at,
        deliveries.api_version::integer
    from taken
    -- Forces one index look-up per row, because statistics lag behind bursts of
    -- inserts.
    cross join lateral (
        select linkedin_webhook_deliveries.*
        from outreach.linkedin_webhook_deliveries
        where linkedin_webhook_deliveries.delivery_id = taken.delivery_id
        limit 1
    ) as deliveries
    order by deliveries.delivery_id;
end
$$;
