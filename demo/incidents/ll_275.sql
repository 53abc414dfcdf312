-- The people of one campaign: all invited; the first of them with accept events, and of
-- those the first ones reverted: their enrollment says again that nothing was accepted.
with

people as (

    insert into outreach.prospects (workspace_id, provider_id)
    select
        %(workspace_id)s,
        'ACoAA-invited-' || %(workspace_id)s || '-' || number
    from generate_series(1, %(invited)s) as number
    returning
        prospect_id,
        provider_id

),

numbered as (

    select
        prospect_id,
        provider_id,
        row_number() over (order by prospect_id) as number
    from people

),

judged as (

    select
        *,
        number <= %(accept_events)s as has_accept_event,
        number between %(reverted)s + 1 and %(accept_events)s as is_accepted
    from numbered

),

enrolled as (

    insert into outreach.campaign_prospects (
        workspace_id, campaign_id, prospect_id, account_id, current_step_id,
        linkedin_status, linkedin_invited_at, linkedin_accepted_at
    )
    select
        %(workspace_id)s,
        %(campaign_id)s,
        prospect_id,
        %(account_id)s,
        %(step_id)s,
        case when is_accepted then 'ready_to_message' else 'pending_accept' end,
        %(invited_at)s,
        case when is_accepted then %(accepted_at)s::timestamptz end
    from judged
    returning
        enrollment_id,
        prospect_id

),

invites as (

    insert into outreach.campaign_events (
        workspace_id, enrollment_id, campaign_id, prospect_id, account_id, event_type,
        occurred_at, attempt_id, action, counted_on, actor
    )
    select
        %(workspace_id)s,
        enrollment_id,
        %(campaign_id)s,
        prospect_id,
        %(account_id)s,
        'invite_sent',
        %(invited_at)s,
        -enrollment_id,
        'send_invite',
        (%(invited_at)s::timestamptz at time zone 'UTC')::date,
        'll_275'
    from enrolled

),

accepts as (

    insert into outreach.campaign_events (
        workspace_id, enrollment_id, campaign_id, prospect_id, account_id, event_type,
        occurred_at, actor
    )
    select
        %(workspace_id)s,
        enrolled.enrollment_id,
        %(campaign_id)s,
        enrolled.prospect_id,
        %(account_id)s,
        'invite_accepted',
        %(accepted_at)s,
        'll_275'
    from enrolled
    inner join judged on enrolled.prospect_id = judged.prospect_id
    where judged.has_accept_event

)

insert into outreach.linkedin_events (
    workspace_id, account_id, event_type, received_at, received_via, dedupe_key,
    provider_id, payload
)
select
    %(workspace_id)s,
    %(account_id)s,
    'invite_accepted',
    %(accepted_at)s,
    'webhook',
    'll-275-' || provider_id,
    provider_id,
    '{}'
from judged
where has_accept_event
