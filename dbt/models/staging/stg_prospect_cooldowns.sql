select
    workspace_id,
    account_id,
    prospect_id,
    action,
    cooled_until,
    reason,
    created_at

from {{ source('outreach', 'prospect_cooldowns') }}
