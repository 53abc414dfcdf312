select
    workspace_id,
    credit_id,
    account_id,
    person,
    enrollment_id,
    invite_event_id,
    is_credited,
    reason,
    accepted_after,
    accepted_before,
    accepted_at,
    actor,
    decided_at,
    to_jsonb(signals) as signals,
    cardinality(signals) as signal_count

from {{ source('outreach', 'accept_credits') }}
