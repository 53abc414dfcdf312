select
    event as event_name,
    wanted_event,
    source as event_source,
    api_version

from {{ source('outreach', 'provider_webhook_events') }}
