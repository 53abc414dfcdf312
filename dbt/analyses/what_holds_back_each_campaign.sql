-- What holds back each campaign's people, and how many of them?
select
    campaign_name,
    blocker,
    count(*) as people_count,
    min(lifts_at) as first_lifts_at,
    round(
        100.0 * count(*) / sum(count(*)) over (partition by workspace_id, campaign_id),
        1
    ) as percent_of_campaign

from {{ ref('enrollment_blockers') }}

group by
    workspace_id,
    campaign_id,
    campaign_name,
    blocker

order by
    campaign_name asc,
    people_count desc,
    blocker asc
