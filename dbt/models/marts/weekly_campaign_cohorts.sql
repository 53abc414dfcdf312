with

campaigns as (

    select * from {{ ref('campaigns') }}

),

invited as (

    select
        workspace_id,
        campaign_id,
        is_accepted,
        is_ended,
        first_message_at,
        {{ week_of('invited_on') }} as week_starts_on,
        accepted_at - invited_at as accepted_after,
        first_replied_at - invited_at as replied_after

    from {{ ref('enrollments') }}

    where invited_on is not null

),

{# Counted by numbers alone, and named afterwards: there are many rows. #}
counted as (

    select
        workspace_id,
        campaign_id,
        week_starts_on,
        count(*) as invited_count,
        count(*) filter (where is_accepted) as accepted_count,
        count(*) filter (
            where accepted_after <= interval '168 hours'
        ) as accepted_in_1_week_count,
        count(*) filter (
            where accepted_after <= interval '672 hours'
        ) as accepted_in_4_weeks_count,
        count(*) filter (where not is_accepted and not is_ended)
            as waiting_count,
        count(first_message_at) as messaged_count,
        count(replied_after) as replied_count,
        count(*) filter (
            where replied_after <= interval '672 hours'
        ) as replied_in_4_weeks_count,
        count(*) filter (where is_ended) as ended_count

    from invited

    group by
        workspace_id,
        campaign_id,
        week_starts_on

)

select
    counted.workspace_id,
    counted.campaign_id,
    campaigns.campaign_name,
    counted.week_starts_on,
    counted.invited_count,
    counted.accepted_count,
    counted.accepted_in_1_week_count,
    counted.accepted_in_4_weeks_count,
    counted.waiting_count,
    counted.messaged_count,
    counted.replied_count,
    counted.replied_in_4_weeks_count,
    counted.ended_count

from counted

inner join campaigns
    on
        counted.workspace_id = campaigns.workspace_id
        and counted.campaign_id = campaigns.campaign_id
