-- What has come of the people whom each campaign invited in a week?
select
    week_starts_on,
    campaign_name,
    invited_count,
    accepted_count,
    accepted_in_1_week_count,
    messaged_count,
    replied_count,
    waiting_count,
    ended_count,
    round(accepted_count::numeric / invited_count, 4) as accept_rate,
    round(replied_count::numeric / invited_count, 4) as reply_rate

from {{ ref('weekly_campaign_cohorts') }}

order by
    week_starts_on desc,
    campaign_name asc
