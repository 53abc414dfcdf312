select
    workspace_id,
    event_id,
    account_id,
    event_type,
    occurred_at,
    received_at,
    received_via,
    dedupe_key,
    provider_id,
    public_identifier,
    provider_reference,
    payload

from {{ source('outreach', 'linkedin_events') }}
