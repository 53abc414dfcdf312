-- How many accepts are credited to no campaign, and why?
select
    workspace_name,
    reason,
    count(*) as accept_count,
    count(distinct account_id) as account_count,
    max(accepted_at) as last_accepted_at

from {{ ref('uncredited_accepts') }}

group by
    workspace_id,
    workspace_name,
    reason

order by
    workspace_name asc,
    accept_count desc,
    reason asc
