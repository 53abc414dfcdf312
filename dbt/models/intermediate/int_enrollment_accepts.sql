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

{# Later means recorded later: an accept told late is dated before its reversal. #}
last_words as (

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

{# An accept stands until a later row takes it back, or the enrollment itself shows that
   it was reverted: no time of accepting, and pending again (LL#275). #}
judged as (

    select
        enrollments.workspace_id,
        enrollments.enrollment_id,
        enrollments.campaign_id,
        enrollments.linkedin_accepted_at,
        coalesce(last_words.accept_event_count, 0) > 0 as has_accept_event,
        coalesce(
            enrollments.linkedin_accepted_at,
            case
                when last_words.event_type = 'invite_accepted'
                    then last_words.occurred_at
            end
        ) as accepted_at,
        enrollments.linkedin_accepted_at is not null
        or (
            last_words.event_type = 'invite_accepted'
            and enrollments.linkedin_status <> 'pending_accept'
        ) as is_accepted,
        coalesce(last_words.event_type = 'invite_accepted', false)
            as is_accept_event_standing

    from enrollments

    left join last_words
        on
            enrollments.workspace_id = last_words.workspace_id
            and enrollments.enrollment_id = last_words.enrollment_id

    where
        last_words.enrollment_id is not null
        or enrollments.linkedin_accepted_at is not null

)

select
    workspace_id,
    enrollment_id,
    campaign_id,
    linkedin_accepted_at,
    has_accept_event,
    is_accept_event_standing,
    coalesce(is_accepted, false) as is_accepted,
    case when is_accepted then accepted_at end as accepted_at

from judged
