select
    workspace_id,
    account_id,
    action,
    per as limit_per,
    limit_count,
    minimum_gap,
    goal_count,
    growth_per_day,
    ramp_starts_on

from {{ source('outreach', 'linkedin_account_limits') }}
