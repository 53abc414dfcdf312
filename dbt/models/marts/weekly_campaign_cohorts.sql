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

)

select
    invited.workspace_id,
    invited.campaign_id,
    campaigns.campaign_name,
    invited.week_starts_on,
    count(*) as invited_count,
    count(*) filter (where invited.is_accepted) as accepted_count,
    count(*) filter (
        where invited.accepted_after <= interval '168 hours'
    ) as accepted_in_1_week_count,
    count(*) filter (
        where invited.accepted_after <= interval '672 hours'
    ) as accepted_in_4_weeks_count,
    count(*) filter (where not invited.is_accepted and not invited.is_ended)
        as waiting_count,
    count(invited.first_message_at) as messaged_count,
    count(invited.replied_after) as replied_count,
    count(*) filter (
        where invited.replied_after <= interval '672 hours'
    ) as replied_in_4_weeks_count,
    count(*) filter (where invited.is_ended) as ended_count

from invited

inner join campaigns
    on
        invited.workspace_id = campaigns.workspace_id
        and invited.campaign_id = campaigns.campaign_id

group by
    invited.workspace_id,
    invited.campaign_id,
    campaigns.campaign_name,
    invited.week_starts_on
