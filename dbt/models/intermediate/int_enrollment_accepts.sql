with

enrollments as (

    select * from {{ ref('stg_campaign_prospects') }}

),

events as (

    select *
    from {{ ref('stg_campaign_events') }}
    where
        event_type in ('invite_accepted', 'accept_reverted')
        and occurred_at <= {{ var('as_of') }}

),

{# Ordered by event_id and not by occurred_at: a late event has an old date. #}
last_events as (

    select distinct on (workspace_id, enrollment_id)
        workspace_id,
        enrollment_id,
        event_type,
        occurred_at,
        count(*) filter (where event_type = 'invite_accepted') over (
            partition by workspace_id, enrollment_id
        ) as accept_event_count

    from events

    order by
        workspace_id asc,
        enrollment_id asc,
        event_id desc

),

{# The view outreach.enrollment_accepts does the same over tables; this model reads
   models, because a mart of a past moment must read the events recorded by then. #}
judged as (

    select
        enrollments.workspace_id,
        enrollments.enrollment_id,
        enrollments.campaign_id,
        enrollments.linkedin_accepted_at,
        coalesce(last_events.accept_event_count, 0) > 0 as has_accept_event,
        coalesce(
            enrollments.linkedin_accepted_at,
            case
                when last_events.event_type = 'invite_accepted'
                    then last_events.occurred_at
            end
        ) as accepted_at,
        outreach.is_accepted(
            enrollments.linkedin_accepted_at,
            enrollments.linkedin_status,
            last_events.event_type
        ) as is_accepted,
        coalesce(last_events.event_type = 'invite_accepted', false)
            as is_accept_event_standing

    from enrollments

    left join last_events
        on
            enrollments.workspace_id = last_events.workspace_id
            and enrollments.enrollment_id = last_events.enrollment_id

    where
        last_events.enrollment_id is not null
        or enrollments.linkedin_accepted_at is not null

)

select
    workspace_id,
    enrollment_id,
    campaign_id,
    linkedin_accepted_at,
    has_accept_event,
    is_accept_event_standing,
    is_accepted,
    case when is_accepted then accepted_at end as accepted_at

from judged
