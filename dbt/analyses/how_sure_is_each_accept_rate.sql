-- What is each campaign's accept rate, and how sure is it? The bounds cover the unknown
-- cases; coverage is the share of open invites that was looked up lately.
select
    campaign_name,
    invites_sent_count,
    accept_count,
    accept_rate,
    accept_rate_lower,
    accept_rate_upper,
    coverage,
    refreshed_at

from {{ ref('campaign_accept_stats') }}

where invites_sent_count > 0

order by
    accept_rate desc,
    campaign_name asc
