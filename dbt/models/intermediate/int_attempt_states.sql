with

attempts as (

    select * from {{ ref('stg_send_attempts') }}

),

outcomes as (

    select * from {{ ref('stg_send_attempt_outcomes') }}

)

{# Outcomes are looked up attempt by attempt: grouping them first would read every
   day's. Any evidence of a send outweighs all else, a definite no outweighs doubt. #}
select
    attempts.workspace_id,
    attempts.attempt_id,
    attempts.account_id,
    attempts.action,
    attempts.begun_at,
    attempts.counted_on,
    evidence.unsent_recorded_at,
    case
        when evidence.has_sent then 'sent'
        when evidence.unsent_recorded_at is not null then 'unsent'
        when evidence.has_unknown then 'unknown'
        else 'open'
    end as attempt_state

from attempts

left join lateral (
    select
        bool_or(outcomes.outcome_means = 'sent') as has_sent,
        bool_or(outcomes.outcome_means = 'unknown') as has_unknown,
        max(outcomes.recorded_at) filter (
            where outcomes.outcome_means = 'unsent'
        ) as unsent_recorded_at
    from outcomes
    where
        outcomes.workspace_id = attempts.workspace_id
        and outcomes.attempt_id = attempts.attempt_id
) as evidence on true
