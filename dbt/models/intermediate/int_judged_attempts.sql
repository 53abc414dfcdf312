with

accounts as (

    select * from {{ ref('stg_linkedin_accounts') }}

),

attempts as (

    select * from {{ ref('stg_send_attempts') }}
    where begun_at > {{ counted_since() }}

),

{# Two of them, because one that is read twice would be written out whole. #}
unsent_outcomes as (

    select * from {{ ref('stg_send_attempt_outcomes') }}
    where outcome_means = 'unsent' and recorded_at > {{ counted_since() }}

),

sent_outcomes as (

    select * from {{ ref('stg_send_attempt_outcomes') }}
    where outcome_means = 'sent'

),

{# As int_attempt_states has it, the other way round: few attempts are unsent, so they
   are found once instead of asking after each of all. #}
known_unsent as (

    select distinct
        unsent_outcomes.workspace_id,
        unsent_outcomes.attempt_id

    from unsent_outcomes

    where not exists (
        select sent_outcomes.attempt_id
        from sent_outcomes
        where
            sent_outcomes.workspace_id = unsent_outcomes.workspace_id
            and sent_outcomes.attempt_id = unsent_outcomes.attempt_id
    )

),

spending as (

    select
        attempts.*,
        attempts.begun_at at time zone attempts.timezone as local_begun_at,
        known_unsent.attempt_id is null as spends_a_limit

    from attempts

    left join known_unsent
        on
            attempts.workspace_id = known_unsent.workspace_id
            and attempts.attempt_id = known_unsent.attempt_id

),

measured as (

    select
        *,
        count(*) filter (where spends_a_limit) over (
            partition by workspace_id, account_id, action, counted_on
            order by begun_at, attempt_id
            rows unbounded preceding
        ) as spent_on_day,
        {# One microsecond short of 168 hours: what began exactly then is free. #}
        count(*) filter (where spends_a_limit) over (
            partition by workspace_id, account_id, action
            order by begun_at
            range between interval '167:59:59.999999' preceding and current row
        ) as spent_in_week

    from spending

)

select
    measured.workspace_id,
    measured.attempt_id,
    measured.account_id,
    accounts.account_name,
    measured.action,
    measured.begun_at,
    measured.counted_on,
    measured.spends_a_limit,
    measured.spent_on_day,
    measured.limit_per_day,
    measured.spent_in_week,
    measured.limit_per_week,
    measured.timezone,
    measured.local_begun_at,
    measured.window_weekday,
    measured.window_opens_at,
    measured.window_closes_at,
    measured.spent_on_day > measured.limit_per_day as is_over_day_limit,
    coalesce(
        measured.spent_in_week > measured.limit_per_week, false
    ) as is_over_week_limit,
    (
        extract(isodow from measured.local_begun_at) = measured.window_weekday
        and measured.local_begun_at::time >= measured.window_opens_at
        and measured.local_begun_at::time < measured.window_closes_at
    ) as is_inside_window

from measured

inner join accounts
    on
        measured.workspace_id = accounts.workspace_id
        and measured.account_id = accounts.account_id

where measured.begun_at > {{ judged_since() }}
