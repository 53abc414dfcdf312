select
    workspace_id,
    pause_id,
    subject,
    subject_id,
    is_paused,
    actor,
    reason,
    changed_at

from {{ source('outreach', 'pause_audit') }}
