-- How did people's enrollments end, why, and after how many days?
select
    campaign_name,
    ended_as,
    ended_because,
    count(*) as people_count,
    round(
        (extract(epoch from avg(ended_at - enrolled_at)) / 86400)::numeric, 1
    ) as average_days,
    max(ended_at) as last_ended_at

from {{ ref('enrollments') }}

where is_ended

group by
    workspace_id,
    campaign_id,
    campaign_name,
    ended_as,
    ended_because

order by
    campaign_name asc,
    people_count desc,
    ended_as asc
