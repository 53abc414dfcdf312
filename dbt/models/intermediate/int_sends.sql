with

events as (

    select *
    from {{ ref('stg_campaign_events') }}
    where
        counted_on is not null
        and occurred_at <= {{ var('as_of') }}

),

attempts as (

    select * from {{ ref('stg_send_attempts') }}

)

select
    events.workspace_id,
    events.event_id,
    events.attempt_id,
    events.enrollment_id,
    events.campaign_id,
    events.step_id,
    events.event_type,
    events.occurred_at,
    coalesce(attempts.variant, 'A') as variant

from events

left join attempts
    on
        events.workspace_id = attempts.workspace_id
        and events.attempt_id = attempts.attempt_id
