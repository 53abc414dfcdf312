select
    workspace_id,
    account_id,
    status_seq,
    from_status,
    to_status,
    reason,
    actor,
    flipped_at

from {{ source('outreach', 'linkedin_account_status_audit') }}
