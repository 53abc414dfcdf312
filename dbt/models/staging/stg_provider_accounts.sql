select
    linkedin_identity,
    provider_account_id,
    workspace_id,
    account_id,
    linked_at,
    provider_dsn,
    provider_version

from {{ source('outreach', 'provider_accounts') }}
