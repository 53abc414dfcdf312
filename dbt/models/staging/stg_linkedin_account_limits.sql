select
    workspace_id,
    account_id,
    action,
    per as limit_per,
    limit_count,
    minimum_gap

from {{ source('outreach', 'linkedin_account_limits') }}
