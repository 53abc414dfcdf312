select
    workspace_id,
    enrollment_id,
    campaign_id,
    prospect_id,
    account_id,
    linkedin_status,
    status_seq,
    current_step_id,
    next_action_at,
    linkedin_invited_at,
    linkedin_accepted_at,
    failed_classification,
    template_error,
    paused_at,
    paused_by,
    paused_reason,
    created_at

from {{ source('outreach', 'campaign_prospects') }}
