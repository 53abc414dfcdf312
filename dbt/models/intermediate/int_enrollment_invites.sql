with

events as (

    select *
    from {{ ref('stg_campaign_events') }}
    where event_type = 'invite_sent' and occurred_at <= {{ var('as_of') }}

),

enrollments as (

    select * from {{ ref('stg_campaign_prospects') }}

),

jobs as (

    select *
    from {{ ref('stg_campaign_send_jobs') }}
    where action = 'send_invite' and status in ('sending', 'unknown')

),

sent as (

    select
        workspace_id,
        enrollment_id,
        min(occurred_at) as first_invited_at,
        max(occurred_at) as invited_at

    from events

    group by
        workspace_id,
        enrollment_id

),

unanswered as (

    select distinct
        workspace_id,
        enrollment_id

    from jobs

)

select
    enrollments.workspace_id,
    enrollments.enrollment_id,
    enrollments.campaign_id,
    enrollments.account_id,
    coalesce(sent.first_invited_at, enrollments.linkedin_invited_at)
        as first_invited_at,
    coalesce(sent.invited_at, enrollments.linkedin_invited_at) as invited_at,
    sent.enrollment_id is not null
    or enrollments.linkedin_invited_at is not null as is_sent

from enrollments

left join sent
    on
        enrollments.workspace_id = sent.workspace_id
        and enrollments.enrollment_id = sent.enrollment_id

left join unanswered
    on
        enrollments.workspace_id = unanswered.workspace_id
        and enrollments.enrollment_id = unanswered.enrollment_id

where
    sent.enrollment_id is not null
    or enrollments.linkedin_invited_at is not null
    or unanswered.enrollment_id is not null
