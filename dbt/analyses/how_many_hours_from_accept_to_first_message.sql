-- How many hours pass between an accept and the first message? Half of the people wait
-- at most the median, nine of ten at most the last column.
with

waits as (

    select
        campaign_name,
        extract(epoch from first_message_at - accepted_at)::numeric / 3600 as hours

    from {{ ref('enrollments') }}

    where is_accepted

)

select
    campaign_name,
    count(*) as accepted_count,
    count(hours) as messaged_count,
    round(percentile_cont(0.5) within group (order by hours)::numeric, 1)
        as median_hours,
    round(percentile_cont(0.9) within group (order by hours)::numeric, 1)
        as nine_of_ten_hours

from waits

group by campaign_name

order by campaign_name asc
