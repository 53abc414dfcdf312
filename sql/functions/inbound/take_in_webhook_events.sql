-- Turns parsed deliveries into events, each once, and removes them from the inbox. A
-- message stays there, marked as taken in, until its reply is recorded
-- (outreach.end_webhook_intake), because steps wait meanwhile. A delivery that is no
-- event stays too, quarantined with the reason.
-- readings: rows of delivery_id and either quarantine_reason, or provider_account_id
-- and the fields of outreach.record_linkedin_events(). Returns the number of each
-- result.
create or replace function outreach.take_in_webhook_events(
    readings jsonb,
    as_of timestamptz default null
)
returns table (
    new_events bigint,
    already_known bigint,
    quarantined bigint
)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    tenant record;
    tenants_new bigint;
    reading record;
begin
    new_events := 0;
    already_known := 0;
    quarantined := 0;

    for tenant in
        select
            account.workspace_id,
            array_agg(delivery.delivery_id) as delivery_ids,
            coalesce(
                array_agg(delivery.delivery_id) filter (
                    where given.reading ->> 'event_type' = 'message_received'
                ),
                '{}'
            ) as message_ids,
            jsonb_agg(
                given.reading || jsonb_build_object(
                    'account_id', account.account_id,
                    'linkedin_identity', account.linkedin_identity,
                    'received_at', delivery.received_at,
                    'evidence', jsonb_build_object('delivery_id', delivery.delivery_id)
                )
                order by
                    delivery.received_at,
                    delivery.delivery_id
            ) as events
        from jsonb_array_elements(readings) as given (reading)
        -- Forces one index look-up per row, because statistics lag behind bursts of
        -- inserts.
        cross join lateral (
            select deliveries.*
            from outreach.linkedin_webhook_deliveries as deliveries
            where deliveries.delivery_id = (given.reading ->> 'delivery_id')::bigint
            limit 1
        ) as delivery
        cross join lateral outreach.account_of_provider_id(
            given.reading ->> 'provider_account_id'
        ) as account
        where given.reading ->> 'quarantine_reason' is null
        group by account.workspace_id
        order by account.workspace_id
    loop
        tenants_new := outreach.record_linkedin_events(
            tenant.workspace_id, 'webhook', tenant.events
        );
        new_events := new_events + tenants_new;
        already_known := already_known + cardinality(tenant.delivery_ids) - tenants_new;

        delete from outreach.linkedin_webhook_inbox as inbox
        where
            inbox.delivery_id = any(tenant.delivery_ids)
            and inbox.delivery_id <> all(tenant.message_ids);

        update outreach.linkedin_webhook_inbox as inbox
        set
            taken_in_at = at,
            quarantine_reason = null,
            quarantined_at = null
        where inbox.delivery_id = any(tenant.message_ids);
    end loop;

    for reading in
        select
            (given.reading ->> 'delivery_id')::bigint as delivery_id,
            given.reading ->> 'provider_account_id' as provider_account_id,
            coalesce(
                given.reading ->> 'quarantine_reason', 'unknown account'
            ) as quarantine_reason
        from jsonb_array_elements(readings) as given (reading)
        where
            given.reading ->> 'quarantine_reason' is not null
            or not exists (
                select 1
                from outreach.account_of_provider_id(
                    given.reading ->> 'provider_account_id'
                )
            )
    loop
        update outreach.linkedin_webhook_inbox as inbox
        set
            quarantine_reason = reading.quarantine_reason,
            provider_account_id = reading.provider_account_id,
            quarantined_at = at
        where inbox.delivery_id = reading.delivery_id;

        quarantined := quarantined + 1;
    end loop;

    return next;
end
$$;
