select
    linkedin_identity,
    provider_account_id,
    workspace_id,
    account_id,
    linked_at

from {{ source('outreach', 'provider_accounts') }}
