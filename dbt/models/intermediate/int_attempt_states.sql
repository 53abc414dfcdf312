with

attempts as (

    select * from {{ ref('stg_send_attempts') }}

),

outcomes as (

    select * from {{ ref('stg_send_attempt_outcomes') }}

)

{# Outcomes are read attempt by attempt, because grouping them first would read all
   days. The view outreach.attempt_states does the same over tables; this model reads
   models, because a mart of a past moment must read the outcomes recorded by then. #}
select
    attempts.workspace_id,
    attempts.attempt_id,
    attempts.account_id,
    attempts.action,
    attempts.begun_at,
    attempts.counted_on,
    evidence.unsent_recorded_at,
    outreach.state_of_attempt(
        evidence.is_sent, evidence.is_unsent, evidence.is_unknown
    ) as attempt_state

from attempts

left join lateral (
    select
        bool_or(outcomes.outcome_means = 'sent') as is_sent,
        bool_or(outcomes.outcome_means = 'unsent') as is_unsent,
        bool_or(outcomes.outcome_means = 'unknown') as is_unknown,
        max(outcomes.recorded_at) filter (
            where outcomes.outcome_means = 'unsent'
        ) as unsent_recorded_at
    from outcomes
    where
        outcomes.workspace_id = attempts.workspace_id
        and outcomes.attempt_id = attempts.attempt_id
) as evidence on true
