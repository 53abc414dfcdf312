select
    workspace_id,
    event_id,
    enrollment_id,
    campaign_id,
    step_id,
    prospect_id,
    account_id,
    event_type,
    occurred_at,
    recorded_at,
    attempt_id,
    action,
    counted_on,
    status_seq,
    from_status,
    to_status,
    actor,
    details

from {{ source('outreach', 'campaign_events') }}
