select
    refused_hour,
    reason,
    refused_count,
    newest_at as newest_refused_at

from {{ source('outreach', 'linkedin_webhook_refusals') }}
