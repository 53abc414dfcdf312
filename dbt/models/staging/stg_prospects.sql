select
    workspace_id,
    prospect_id,
    provider_id,
    public_identifier,
    first_name,
    last_name,
    company,
    job_title,
    email,
    location as prospect_location,
    industry,
    custom as custom_values,
    do_not_contact_at,
    do_not_contact_reason,
    created_at

from {{ source('outreach', 'prospects') }}
