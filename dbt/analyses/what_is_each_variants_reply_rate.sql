-- Which share of the people replied, by the variant that they were sent first, and how
-- sure is it? The bounds are Wilson's, at 95 %.
with

counted as (

    select
        campaign_name,
        variant,
        count(*)::numeric as people,
        count(first_replied_at)::numeric as replied

    from {{ ref('enrollments') }}

    where variant is not null

    group by
        workspace_id,
        campaign_id,
        campaign_name,
        variant

)

select
    campaign_name,
    variant,
    people as people_count,
    replied as replied_count,
    round(replied / people, 4) as reply_rate,
    round({{ wilson_bound('replied', 'people', '-') }}, 4) as lower_bound,
    round({{ wilson_bound('replied', 'people', '+') }}, 4) as upper_bound

from counted

order by
    campaign_name asc,
    variant asc
