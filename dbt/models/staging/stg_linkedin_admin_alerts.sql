select
    workspace_id,
    alert_id,
    code as alert_code,
    subject as alert_subject,
    message as alert_message,
    details,
    opened_at,
    last_seen_at,
    resolved_at,
    delivered_at,
    delivery_attempts,
    last_delivery_error

from {{ source('outreach', 'linkedin_admin_alerts') }}
