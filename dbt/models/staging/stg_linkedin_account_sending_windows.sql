select
    workspace_id,
    account_id,
    weekday,
    opens as opens_at,
    closes as closes_at

from {{ source('outreach', 'linkedin_account_sending_windows') }}
