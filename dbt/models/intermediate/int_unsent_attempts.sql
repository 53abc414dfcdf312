with

attempts as (

    select * from {{ ref('stg_send_attempts') }}

),

unsent_outcomes as (

    select * from {{ ref('stg_send_attempt_outcomes') }}
    where outcome_means = 'unsent'

),

sent_outcomes as (

    select * from {{ ref('stg_send_attempt_outcomes') }}
    where outcome_means = 'sent'

)

{# As int_attempt_states has it, the other way round: few attempts are known unsent, so
   they are found once instead of asking after each of all. #}
select
    attempts.workspace_id,
    unsent_outcomes.outcome_id,
    attempts.attempt_id,
    attempts.account_id,
    attempts.action,
    attempts.counted_on,
    unsent_outcomes.recorded_at as unsent_recorded_at

from unsent_outcomes

inner join attempts
    on
        unsent_outcomes.workspace_id = attempts.workspace_id
        and unsent_outcomes.attempt_id = attempts.attempt_id

where not exists (
    select sent_outcomes.attempt_id
    from sent_outcomes
    where
        sent_outcomes.workspace_id = unsent_outcomes.workspace_id
        and sent_outcomes.attempt_id = unsent_outcomes.attempt_id
)
