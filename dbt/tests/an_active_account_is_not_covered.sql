-- Fails for each account without a webhook subscription for every wanted event, or with
-- unknown coverage: no list of subscriptions was read completely in the last 48 hours
-- (LL#280). What to do: run webhook_subscriptions, which registers missing events;
-- check that TRUEUP_WEBHOOK_URL and TRUEUP_WEBHOOK_SECRET are set, and for accounts at
-- version 2 of the provider's API UNIPILE_V2_SERVICE_KEY. No event is lost meanwhile,
-- because polls find them later.
-- A warning: nothing else depends on it.
{{ config(
    severity='warn',
    meta={'dagster': {'ref': {'name': 'webhook_coverage'}}},
) }}

select
    workspace_id,
    account_id,
    coverage,
    missing_events,
    read_at,
    account_name || ' (account ' || account_id || ')' as subject,
    case
        when coverage = 'missing' then 'No webhook tells of ' || missing_events
        when coverage = 'unknown' then 'It is not known which webhooks tell of it'
        else 'Its webhooks were not looked up lately'
    end
    || coalesce(
        ', as of ' || to_char(read_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
        || ' UTC',
        ''
    )
    || '.' as message

from {{ ref('webhook_coverage') }}

where
    coverage in ('missing', 'unknown')
    or (coverage = 'covered' and is_outdated)
