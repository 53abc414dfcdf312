select
    workspace_id,
    account_id,
    name as account_name,
    first_name,
    last_name,
    status,
    status_seq,
    timezone,
    next_timezone,
    next_timezone_at,
    has_premium,
    product_states,
    last_sync_at,
    paused_at,
    paused_by,
    paused_reason,
    created_at

from {{ source('outreach', 'linkedin_accounts') }}
