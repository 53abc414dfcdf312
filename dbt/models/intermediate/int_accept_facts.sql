with

enrollments as (

    select * from {{ ref('stg_campaign_prospects') }}

),

invites as (

    select * from {{ ref('int_enrollment_invites') }}

),

accepts as (

    select * from {{ ref('int_enrollment_accepts') }}

)

select
    enrollments.workspace_id,
    enrollments.enrollment_id,
    enrollments.campaign_id,
    enrollments.account_id,
    invites.invited_at,
    coalesce(invites.is_sent, false) as is_invited,
    coalesce(not invites.is_sent, false) as is_invite_unanswered,
    coalesce(accepts.is_accepted, false) as is_accepted,
    coalesce(
        accepts.is_accepted
        and accepts.is_accept_event_standing
        and invites.is_sent
        and invites.first_invited_at <= accepts.accepted_at,
        false
    ) as is_proven,
    coalesce(accepts.has_accept_event, false) as has_accept_event,
    enrollments.linkedin_accepted_at is not null as has_accept_time,
    coalesce(
        invites.is_sent
        and not coalesce(accepts.is_accepted, false)
        and enrollments.linkedin_status <> 'withdrawn',
        false
    ) as is_open

from enrollments

left join invites
    on
        enrollments.workspace_id = invites.workspace_id
        and enrollments.enrollment_id = invites.enrollment_id

left join accepts
    on
        enrollments.workspace_id = accepts.workspace_id
        and enrollments.enrollment_id = accepts.enrollment_id

where
    invites.enrollment_id is not null
    or accepts.enrollment_id is not null
