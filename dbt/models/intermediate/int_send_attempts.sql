{# Look-ups of profiles and withdrawals reach no person. #}
with

attempts as (

    select *
    from {{ ref('stg_send_attempts') }}
    where action not in ('resolve_profile', 'withdraw_invite')

),

states as (

    select * from {{ ref('int_attempt_states') }}

),

outcomes as (

    select * from {{ ref('stg_send_attempt_outcomes') }}

),

events as (

    select *
    from {{ ref('stg_campaign_events') }}
    where
        event_type in ('invite_accepted', 'invite_withdrawn', 'reply_received')

)

select
    attempts.workspace_id,
    attempts.attempt_id,
    attempts.job_id,
    attempts.enrollment_id,
    attempts.campaign_id,
    attempts.step_id,
    attempts.prospect_id,
    attempts.account_id,
    attempts.action,
    attempts.variant,
    attempts.begun_at,
    attempts.counted_on,
    attempts.timezone,
    attempts.recipient_provider_id,
    attempts.request_sha256,
    states.attempt_state,
    answer.outcome_class as answered_class,
    answer.provider_reference as answered_reference,
    {# The person reacted to it, so it was sent, even if it is absent now. #}
    coalesce(
        (
            select max(events.occurred_at)
            from events
            where
                events.workspace_id = attempts.workspace_id
                and events.enrollment_id = attempts.enrollment_id
        ) >= attempts.begun_at,
        false
    ) as has_an_echo

from attempts

inner join states
    on
        attempts.workspace_id = states.workspace_id
        and attempts.attempt_id = states.attempt_id

{# The provider's immediate answer, and the id in it. #}
left join lateral (
    select
        outcomes.outcome_class,
        outcomes.provider_reference
    from outcomes
    where
        outcomes.workspace_id = attempts.workspace_id
        and outcomes.attempt_id = attempts.attempt_id
        and outcomes.decided_by = 'answer'
    order by outcomes.provider_reference is null, outcomes.outcome_id desc
    limit 1
) as answer on true
