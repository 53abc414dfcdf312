with

events as (

    select *
    from {{ ref('stg_campaign_events') }}
    where occurred_at <= {{ var('as_of') }}

)

select
    workspace_id,
    enrollment_id,
    count(*) filter (
        where counted_on is not null and event_type <> 'profile_resolved'
    ) as sent_count,
    min(occurred_at) filter (
        where event_type = 'message_sent'
    ) as first_message_at,
    min(occurred_at) filter (
        where event_type = 'reply_received'
    ) as first_replied_at,
    count(*) filter (where event_type = 'reply_received') as reply_count,
    {# The flip that began the present status. #}
    (
        array_agg(occurred_at order by status_seq desc) filter (
            where status_seq is not null
        )
    )[1] as status_since

from events

group by
    workspace_id,
    enrollment_id
