select
    workspace_id,
    job_id,
    enrollment_id,
    campaign_id,
    step_id,
    account_id,
    action,
    status,
    run_at,
    claimed_by,
    lease_expires_at,
    retry_count,
    completed_at,
    failed_classification,
    created_at

from {{ source('outreach', 'campaign_send_jobs') }}
