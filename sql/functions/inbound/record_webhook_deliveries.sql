-- Stores webhooks as received, many in one statement, and queues them in the inbox. A
-- repeated body within one minute is stored once, and so is an event of version 2, which
-- has an id. Returns the number of new ones.
create or replace function outreach.record_webhook_deliveries(
    bodies bytea [],
    content_types text [],
    received_at timestamptz default null,
    api_versions integer [] default null,
    provider_event_ids text [] default null
)
returns bigint
language sql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
    with

    moment as materialized (

        select coalesce($3, clock_timestamp()) as received_at

    ),

    kept as (

        insert into outreach.linkedin_webhook_deliveries (
            received_at, received_minute, body_sha256, content_type, body, api_version,
            provider_event_id
        )
        select
            moment.received_at,
            floor(extract(epoch from moment.received_at) / 60)::bigint,
            encode(sha256(given.body), 'hex'),
            given.content_type,
            given.body,
            coalesce(given.api_version, 1),
            given.provider_event_id
        from unnest($1, $2, $4, $5) as given (
            body, content_type, api_version, provider_event_id
        )
        cross join moment
        on conflict do nothing
        returning linkedin_webhook_deliveries.delivery_id

    ),

    put_up as (

        insert into outreach.linkedin_webhook_inbox (delivery_id)
        select kept.delivery_id
        from kept
        returning linkedin_webhook_inbox.delivery_id

    )

    select count(*)
    from put_up
$$;
