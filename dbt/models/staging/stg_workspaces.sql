select
    workspace_id,
    name as workspace_name,
    provider_dsn,
    created_at

from {{ source('outreach', 'workspaces') }}
