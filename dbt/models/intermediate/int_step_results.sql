with

attempts as (

    select * from {{ ref('stg_send_attempts') }}

),

events as (

    select *
    from {{ ref('stg_campaign_events') }}
    where occurred_at <= {{ var('as_of') }}

),

steps as (

    select * from {{ ref('stg_campaign_steps') }}

),

{# A look-up before another step's send is no send of that step. #}
sends as (

    select int_sends.*

    from {{ ref('int_sends') }} as int_sends

    left join steps
        on
            int_sends.workspace_id = steps.workspace_id
            and int_sends.step_id = steps.step_id

    where
        int_sends.event_type <> 'profile_resolved'
        or steps.action = 'resolve_profile'

),

{# Two CTEs, each read once: one that is read twice is computed for all people. #}
invites as (

    select *
    from {{ ref('int_sends') }}
    where event_type = 'invite_sent'

),

accepted_enrollments as (

    select *
    from {{ ref('int_enrollment_accepts') }}
    where is_accepted

),

replied_sends as (

    select * from {{ ref('int_replied_sends') }}

),

{# The last event of a step that was not sent: failed, parked, or re-armed. #}
last_setbacks as (

    select distinct on (workspace_id, enrollment_id, step_id)
        workspace_id,
        campaign_id,
        step_id,
        enrollment_id,
        event_type,
        details

    from events

    where event_type in ('send_failed', 'template_parked', 'template_rearmed')

    order by
        workspace_id asc,
        enrollment_id asc,
        step_id asc,
        occurred_at desc,
        event_id desc

),

setbacks as (

    select
        last_setbacks.workspace_id,
        last_setbacks.campaign_id,
        last_setbacks.step_id,
        last_setbacks.enrollment_id,
        last_setbacks.event_type,
        coalesce(
            last_setbacks.details #>> '{error,variant}', tried.variant, 'A'
        ) as variant

    from last_setbacks

    left join lateral (
        select attempts.variant
        from attempts
        where
            attempts.workspace_id = last_setbacks.workspace_id
            and attempts.enrollment_id = last_setbacks.enrollment_id
            and attempts.step_id = last_setbacks.step_id
        order by attempts.attempt_id desc
        limit 1
    ) as tried on true

)

select
    workspace_id,
    campaign_id,
    step_id,
    variant,
    enrollment_id,
    'sent' as result

from sends

union all

select
    invites.workspace_id,
    invites.campaign_id,
    invites.step_id,
    invites.variant,
    invites.enrollment_id,
    'accepted' as result

from invites

inner join accepted_enrollments
    on
        invites.workspace_id = accepted_enrollments.workspace_id
        and invites.enrollment_id = accepted_enrollments.enrollment_id

union all

select
    workspace_id,
    campaign_id,
    step_id,
    variant,
    enrollment_id,
    'replied' as result

from replied_sends

union all

select
    workspace_id,
    campaign_id,
    step_id,
    variant,
    enrollment_id,
    case event_type when 'send_failed' then 'failed' else 'parked' end as result

from setbacks

where event_type in ('send_failed', 'template_parked')
