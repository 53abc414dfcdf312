{{ config(
    materialized='kept_table',
    unique_key=['workspace_id', 'reply_id'],
    indexes=[
        {'columns': ['refreshed_at']},
        {'columns': ['workspace_id', 'enrollment_id']},
        {'columns': ['workspace_id', 'replied_at']},
    ],
) }}

{# The macros read these models in a run over changed rows. #}
-- depends_on: {{ ref('stg_workspaces') }}

with

events as (

    select
        *,
        (details ->> 'linkedin_event_id')::bigint as linkedin_event_id

    from {{ ref('stg_campaign_events') }}

    where
        event_type = 'reply_received'
        and occurred_at <= {{ var('as_of') }}

),

linkedin_events as (

    select * from {{ ref('stg_linkedin_events') }}

),

{# What a person has read of each conversation. #}
marks as (

    select
        workspace_id,
        account_id,
        person,
        max(read_to_event_id) as read_to_event_id

    from {{ ref('stg_reply_reads') }}

    where marked_at <= {{ var('as_of') }}

    group by
        workspace_id,
        account_id,
        person

),

{# A reply is kept with the enrollment and the step that it refers to. #}
enrollments as (

    select * from {{ ref('enrollments') }}

),

steps as (

    select * from {{ ref('steps') }}

)

select
    events.workspace_id,
    events.event_id as reply_id,
    events.enrollment_id,
    events.campaign_id,
    enrollments.campaign_name,
    events.prospect_id,
    enrollments.prospect_name,
    enrollments.public_identifier,
    enrollments.company,
    events.account_id,
    enrollments.account_name,
    events.step_id,
    events.occurred_at as replied_at,
    (events.occurred_at at time zone enrollments.timezone)::date as local_date,
    extract(hour from events.occurred_at at time zone enrollments.timezone)::integer
        as local_hour,
    events.recorded_at,
    linkedin_events.payload ->> 'message' as message_text,
    events.details ->> 'opt_out_phrase' as opt_out_phrase,
    events.occurred_at = enrollments.first_replied_at as is_first,
    coalesce(linkedin_events.event_id <= marks.read_to_event_id, false) as is_read,
    linkedin_events.payload ->> 'chat_id' as chat_id,
    events.details ->> 'message_id' as message_id,
    {{ var('as_of') }} as refreshed_at

from {{ of_changed_enrollments('events') }}

inner join enrollments
    on
        events.workspace_id = enrollments.workspace_id
        and events.enrollment_id = enrollments.enrollment_id

inner join steps
    on
        events.workspace_id = steps.workspace_id
        and events.step_id = steps.step_id

left join linkedin_events
    on
        events.workspace_id = linkedin_events.workspace_id
        and events.linkedin_event_id = linkedin_events.event_id

left join marks
    on
        linkedin_events.workspace_id = marks.workspace_id
        and linkedin_events.account_id = marks.account_id
        and linkedin_events.provider_id = marks.person
