with

sends as (

    select *
    from {{ ref('int_sends') }}
    where event_type <> 'profile_resolved'

),

replies as (

    select
        workspace_id,
        enrollment_id,
        min(occurred_at) as replied_at

    from {{ ref('stg_campaign_events') }}

    where
        event_type = 'reply_received'
        and occurred_at <= {{ var('as_of') }}

    group by
        workspace_id,
        enrollment_id

)

{# A reply answers the last send before it. #}
select distinct on (sends.workspace_id, sends.enrollment_id)
    sends.workspace_id,
    sends.enrollment_id,
    sends.campaign_id,
    sends.step_id,
    sends.variant,
    sends.attempt_id,
    replies.replied_at

from sends

inner join replies
    on
        sends.workspace_id = replies.workspace_id
        and sends.enrollment_id = replies.enrollment_id
        and sends.occurred_at <= replies.replied_at

order by
    sends.workspace_id asc,
    sends.enrollment_id asc,
    sends.occurred_at desc,
    sends.event_id desc
