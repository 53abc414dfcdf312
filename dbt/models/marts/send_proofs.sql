{{ config(materialized='table') }}

with

attempts as (

    select *
    from {{ ref('stg_send_attempts') }}
    where
        begun_at > {{ judged_since() }}
        and begun_at <= {{ var('as_of') }}
        and action not in ('resolve_profile', 'withdraw_invite')

),

states as (

    select * from {{ ref('int_attempt_states') }}

),

outcomes as (

    select * from {{ ref('stg_send_attempt_outcomes') }}

),

prospects as (

    select * from {{ ref('stg_prospects') }}

),

events as (

    select * from {{ ref('stg_campaign_events') }}

),

reads as (

    select * from {{ ref('stg_whole_provider_reads') }}

),

observed_items as (

    select * from {{ ref('int_observed_items') }}

),

{# The person reacted to it, so it was sent, even if it is absent now. #}
echoes as (

    select
        workspace_id,
        enrollment_id,
        max(occurred_at) as last_echo_at

    from events

    where
        event_type in ('invite_accepted', 'invite_withdrawn', 'reply_received')

    group by
        workspace_id,
        enrollment_id

),

{# The provider's immediate answer, and the id in it. #}
answered as (

    select
        attempts.*,
        states.attempt_state,
        answer.outcome_class as answered_class,
        answer.provider_reference as answered_reference

    from attempts

    inner join states
        on
            attempts.workspace_id = states.workspace_id
            and attempts.attempt_id = states.attempt_id

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

),

{# Items in reads that began after it; an older invite of the person is not it. #}
observed as (

    select
        answered.workspace_id,
        answered.attempt_id,
        min(observed_items.first_seen_at) as observed_at,
        max(observed_items.last_seen_at) as last_observed_at

    from answered

    left join prospects
        on
            answered.workspace_id = prospects.workspace_id
            and answered.prospect_id = prospects.prospect_id

    inner join observed_items
        on
            answered.workspace_id = observed_items.workspace_id
            and answered.account_id = observed_items.account_id
            and answered.begun_at <= observed_items.last_seen_at
            and (
                observed_items.happened_at is null
                or observed_items.happened_at > answered.begun_at - interval '24 hours'
            )
            and (
                (
                    answered.action = 'send_invite'
                    and observed_items.list_name in ('sent_invitations', 'relations')
                    and (
                        answered.recipient_provider_id = observed_items.provider_id
                        or prospects.public_identifier
                        = observed_items.public_identifier
                    )
                )
                or (
                    answered.action <> 'send_invite'
                    and answered.request_sha256 = observed_items.request_sha256
                )
            )

    group by
        answered.workspace_id,
        answered.attempt_id

),

judged as (

    select
        answered.*,
        observed.observed_at,
        observed.last_observed_at,
        coalesce(echoes.last_echo_at >= answered.begun_at, false) as has_an_echo,
        count(*) filter (where answered.attempt_state <> 'unsent') over (
            partition by
                answered.workspace_id,
                answered.account_id,
                answered.prospect_id,
                answered.action
        ) > 0 as has_a_likely_twin,
        (
            answered.action = 'send_invite'
            and (
                select count(distinct reads.list_name)
                from reads
                where
                    reads.workspace_id = answered.workspace_id
                    and reads.account_id = answered.account_id
                    and reads.list_name in ('sent_invitations', 'relations')
                    and reads.is_complete
                    and reads.started_at
                    >= answered.begun_at + interval '15 minutes'
                    and reads.started_at <= {{ var('as_of') }}
            ) = 2
        ) as is_read_completely

    from answered

    left join observed
        on
            answered.workspace_id = observed.workspace_id
            and answered.attempt_id = observed.attempt_id

    left join echoes
        on
            answered.workspace_id = echoes.workspace_id
            and answered.enrollment_id = echoes.enrollment_id

)

select
    workspace_id,
    attempt_id,
    job_id,
    enrollment_id,
    campaign_id,
    step_id,
    prospect_id,
    account_id,
    action,
    begun_at as intended_at,
    attempt_state,
    answered_class,
    answered_reference,
    observed_at,
    last_observed_at,
    case
        when
            attempt_state = 'unsent'
            and observed_at is not null
            and not has_a_likely_twin
            then 'foreign'
        when attempt_state = 'unsent' then 'unsent'
        when observed_at is not null or has_an_echo then 'proven'
        when attempt_state in ('unknown', 'open') then 'unknown'
        when is_read_completely then 'missing'
        when answered_reference is not null then 'proven'
        else 'unproven'
    end as proof,
    {{ var('as_of') }} as refreshed_at

from judged
