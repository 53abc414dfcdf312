{{ config(
    materialized='table_of_dates',
    unique_key=['counted_on', 'workspace_id', 'account_id', 'action'],
) }}

with

clocks as (

    select
        workspace_id,
        account_id,
        effective_timezone

    from {{ ref('int_account_clocks') }}

),

{# Few zones have many accounts. A zone that the server does not know has no date, and
   its accounts have a row for each day. #}
zones as materialized (

    select
        effective_timezone,
        outreach.local_date_in(effective_timezone, {{ var('as_of') }}) as local_today

    from (
        select distinct effective_timezone
        from clocks
    ) as named

),

daily_limits as (

    select
        workspace_id,
        account_id,
        action

    from {{ ref('stg_linkedin_account_limits') }}

    where limit_per = 'day' and action <> 'withdraw_invite'

),

rebuilt_dates as (

    select
        {{ first_rebuilt_date() }} + generate_series(
            0, {{ last_rebuilt_date() }} - {{ first_rebuilt_date() }}
        ) as counted_on

),

{# No outcome is older than its attempt, and no day begins over 14 hours before the UTC
   day, so the bound keeps outcomes of earlier days from being read. Materialized here
   and below, because Postgres estimates that few rows remain without the sent ones, and
   would look up each one of all later days before it filters by day. #}
unsent_outcomes as materialized (

    select
        workspace_id,
        attempt_id

    from {{ ref('stg_send_attempt_outcomes') }}

    where
        outcome_means = 'unsent'
        and recorded_at >= (
            {{ first_rebuilt_date() }}::timestamp at time zone 'UTC'
            - interval '14 hours'
        )

),

attempts as (

    select *
    from {{ ref('stg_send_attempts') }}
    where
        counted_on between {{ first_rebuilt_date() }} and {{ last_rebuilt_date() }}
        and action <> 'withdraw_invite'

),

perhaps_unsent as materialized (

    select distinct
        attempts.workspace_id,
        attempts.attempt_id,
        attempts.account_id,
        attempts.action,
        attempts.counted_on

    from unsent_outcomes

    inner join attempts
        on
            unsent_outcomes.workspace_id = attempts.workspace_id
            and unsent_outcomes.attempt_id = attempts.attempt_id

),

sent_outcomes as (

    select
        workspace_id,
        attempt_id

    from {{ ref('stg_send_attempt_outcomes') }}

    where outcome_means = 'sent'

),

{# A day that has begun without sends is a row of zeros; a send without a limit is a row
   too. A withdrawal of an invite is no send. Few attempts are known unsent, so they are found once and subtracted, instead of
   checking every attempt. Any proof of a send has priority, as in int_attempt_states.
   #}
witnesses as (

    select
        daily_limits.workspace_id,
        daily_limits.account_id,
        daily_limits.action,
        rebuilt_dates.counted_on,
        0 as sent_count,
        0 as begun_count,
        0 as unsent_count
    from daily_limits
    inner join clocks
        on
            daily_limits.workspace_id = clocks.workspace_id
            and daily_limits.account_id = clocks.account_id
    inner join zones
        on clocks.effective_timezone = zones.effective_timezone
    inner join rebuilt_dates
        on coalesce(zones.local_today >= rebuilt_dates.counted_on, true)

    union all

    select
        workspace_id,
        account_id,
        action,
        counted_on,
        sent_count,
        0 as begun_count,
        0 as unsent_count
    from {{ ref('int_daily_sent_counts') }}
    where
        counted_on between {{ first_rebuilt_date() }} and {{ last_rebuilt_date() }}

    union all

    select
        workspace_id,
        account_id,
        action,
        counted_on,
        0 as sent_count,
        count(*) as begun_count,
        0 as unsent_count
    from {{ ref('stg_send_attempts') }}
    where
        counted_on between {{ first_rebuilt_date() }} and {{ last_rebuilt_date() }}
        and action <> 'withdraw_invite'
    group by
        workspace_id,
        account_id,
        action,
        counted_on

    union all

    select
        perhaps_unsent.workspace_id,
        perhaps_unsent.account_id,
        perhaps_unsent.action,
        perhaps_unsent.counted_on,
        0 as sent_count,
        0 as begun_count,
        1 as unsent_count
    from perhaps_unsent
    where
        not exists (
            select sent_outcomes.attempt_id
            from sent_outcomes
            where
                sent_outcomes.workspace_id = perhaps_unsent.workspace_id
                and sent_outcomes.attempt_id = perhaps_unsent.attempt_id
        )

),

counted as (

    select
        counted_on,
        workspace_id,
        account_id,
        action,
        sum(sent_count)::bigint as actual,
        sum(begun_count - unsent_count)::bigint as in_flight,
        sum(begun_count)::bigint as attempts_begun

    from witnesses

    group by
        counted_on,
        workspace_id,
        account_id,
        action

)

select
    counted_on,
    workspace_id,
    account_id,
    action,
    actual,
    in_flight,
    greatest(actual, in_flight) as counter,
    attempts_begun,
    {{ var('as_of') }} as recomputed_at

from counted

{# The rows of a date are stored together, because they are rebuilt and read together.
   #}
order by
    counted_on,
    workspace_id,
    account_id,
    action
