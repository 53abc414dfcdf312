-- How many days pass between an invite and its accept, and within how many hours is the
-- moment of an accept known?
with

accepts as (

    select
        campaign_name,
        extract(epoch from accepted_at - invited_at)::numeric / 86400 as waited,
        extract(epoch from accepted_before - accepted_after)::numeric / 3600
            as interval_hours

    from {{ ref('enrollments') }}

    where
        is_accepted
        and invited_at is not null

)

select
    campaign_name,
    count(*) as accepted_count,
    round(percentile_cont(0.5) within group (order by waited)::numeric, 2)
        as median_days,
    round(percentile_cont(0.9) within group (order by waited)::numeric, 2)
        as nine_of_ten_days,
    round(percentile_cont(0.5) within group (order by interval_hours)::numeric, 1)
        as median_interval_hours

from accepts

group by campaign_name

order by campaign_name asc
