-- Fails for each enrollment with a reply to its invite or message over 24 hours ago and
-- without a known accept: the accept was lost, or the person answered the note without
-- accepting. What to do: check that the account's relations were read completely since
-- then (provider_reads), and search for the person among them.
-- A warning: the figures of other enrollments are right.
{{ config(
    severity='warn',
    meta={'dagster': {'ref': {'name': 'campaign_accept_stats'}}},
) }}

{# Dagster shows a test only beside a model that it depends on. #}
-- depends_on: {{ ref('campaign_accept_stats') }}

with

{# An enrollment that shows an accept time is accepted (outreach.is_accepted). Most are,
   and of them nothing more is read. #}
enrollments as (

    select *
    from {{ ref('stg_campaign_prospects') }}
    where linkedin_accepted_at is null

),

replies as (

    select
        events.workspace_id,
        events.enrollment_id,
        events.step_id,
        min(events.occurred_at) as replied_at

    from {{ ref('stg_campaign_events') }} as events

    inner join enrollments
        on
            events.workspace_id = enrollments.workspace_id
            and events.enrollment_id = enrollments.enrollment_id

    where
        events.event_type = 'reply_received'
        and events.occurred_at > {{ var('as_of') }} - interval '720 hours'

    group by
        events.workspace_id,
        events.enrollment_id,
        events.step_id

),

{# A person can reply to an InMail or a comment without being connected. #}
steps as (

    select *
    from {{ ref('stg_campaign_steps') }}
    where action in ('send_invite', 'send_message')

),

accepts as (

    select * from {{ ref('int_enrollment_accepts') }}

),

invites as (

    select * from {{ ref('int_enrollment_invites') }}

),

accounts as (

    select * from {{ ref('stg_linkedin_accounts') }}

)

select
    invites.workspace_id,
    invites.account_id,
    invites.campaign_id,
    invites.enrollment_id,
    min(replies.replied_at) as replied_at,
    accounts.account_name || ' (account ' || accounts.account_id || ')' as subject,
    'Enrollment ' || invites.enrollment_id || ' replied at '
    || to_char(min(replies.replied_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
    || ' UTC, and no accept is known.' as message

from replies

inner join steps
    on
        replies.workspace_id = steps.workspace_id
        and replies.step_id = steps.step_id

{# Replies are few beside all invites and accepts, so these are looked up one by one. #}
cross join
    lateral (
        select found.*
        from invites as found
        where
            found.workspace_id = replies.workspace_id
            and found.enrollment_id = replies.enrollment_id
            and found.is_sent
        order by found.enrollment_id
        offset 0
    ) as invites

left join lateral (
    select found.is_accepted
    from accepts as found
    where
        found.workspace_id = replies.workspace_id
        and found.enrollment_id = replies.enrollment_id
    order by found.enrollment_id
    offset 0
) as accepts on true

inner join accounts
    on
        invites.workspace_id = accounts.workspace_id
        and invites.account_id = accounts.account_id

where
    accepts.is_accepted is not true
    and replies.replied_at < {{ var('as_of') }} - interval '24 hours'

group by
    invites.workspace_id,
    invites.account_id,
    invites.campaign_id,
    invites.enrollment_id,
    accounts.account_name,
    accounts.account_id
