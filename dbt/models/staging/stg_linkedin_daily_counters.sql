select
    workspace_id,
    account_id,
    action,
    counted_on,
    count as cached_count,
    updated_at

from {{ source('outreach', 'linkedin_daily_counters') }}
