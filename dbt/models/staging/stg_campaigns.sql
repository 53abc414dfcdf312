select
    workspace_id,
    campaign_id,
    name as campaign_name,
    status,
    created_at,
    to_jsonb(custom_fields) as custom_fields

from {{ source('outreach', 'campaigns') }}
