select
    workspace_id,
    account_id,
    action,
    held_until,
    reason,
    created_at

from {{ source('outreach', 'linkedin_account_holds') }}
