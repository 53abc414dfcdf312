{# append after a delete of whole dates: delete+insert would keep a row whose events
   are gone. A full refresh would drop the history, which only backfills rebuild. #}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='append_new_columns',
    pre_hook='{{ delete_rebuilt_dates(this) }}',
) }}

with

sent_counts as (

    select *
    from {{ ref('int_daily_sent_counts') }}
    where
        counted_on between {{ first_rebuilt_date() }} and {{ last_rebuilt_date() }}

),

begun_counts as (

    select
        workspace_id,
        account_id,
        action,
        counted_on,
        count(*) as begun_count

    from {{ ref('stg_send_attempts') }}

    where
        counted_on between {{ first_rebuilt_date() }} and {{ last_rebuilt_date() }}

    group by
        workspace_id,
        account_id,
        action,
        counted_on

),

{# No outcome is older than its attempt, and no day begins over 14 hours before UTC's:
   the bound keeps the outcomes of all earlier days unread. #}
unsent_counts as (

    select
        workspace_id,
        account_id,
        action,
        counted_on,
        count(distinct attempt_id) as unsent_count

    from {{ ref('int_unsent_attempts') }}

    where
        counted_on between {{ first_rebuilt_date() }} and {{ last_rebuilt_date() }}
        and unsent_recorded_at
        > {{ first_rebuilt_date() }}::timestamp at time zone 'UTC' - interval '24 hours'

    group by
        workspace_id,
        account_id,
        action,
        counted_on

),

attempt_counts as (

    select
        begun_counts.workspace_id,
        begun_counts.account_id,
        begun_counts.action,
        begun_counts.counted_on,
        begun_counts.begun_count as attempts_begun_count,
        begun_counts.begun_count
        - coalesce(unsent_counts.unsent_count, 0) as in_flight_count

    from begun_counts

    left join unsent_counts
        on
            begun_counts.workspace_id = unsent_counts.workspace_id
            and begun_counts.account_id = unsent_counts.account_id
            and begun_counts.action = unsent_counts.action
            and begun_counts.counted_on = unsent_counts.counted_on

),

daily_limits as (

    select
        workspace_id,
        account_id,
        action

    from {{ ref('stg_linkedin_account_limits') }}

    where limit_per = 'day'

),

rebuilt_dates as (

    select
        {{ first_rebuilt_date() }} + generate_series(
            0, {{ last_rebuilt_date() }} - {{ first_rebuilt_date() }}
        ) as counted_on

),

{# A day without sends is a row of zeros; a send without a limit is a row as well. #}
spine as (

    select
        daily_limits.workspace_id,
        daily_limits.account_id,
        daily_limits.action,
        rebuilt_dates.counted_on
    from daily_limits
    cross join rebuilt_dates

    union distinct

    select
        workspace_id,
        account_id,
        action,
        counted_on
    from sent_counts

    union distinct

    select
        workspace_id,
        account_id,
        action,
        counted_on
    from attempt_counts

)

select
    spine.counted_on,
    spine.workspace_id,
    spine.account_id,
    spine.action,
    coalesce(sent_counts.sent_count, 0) as actual,
    coalesce(attempt_counts.in_flight_count, 0) as in_flight,
    greatest(sent_counts.sent_count, attempt_counts.in_flight_count, 0) as counter,
    coalesce(attempt_counts.attempts_begun_count, 0) as attempts_begun,
    {{ var('as_of') }} as recomputed_at

from spine

left join sent_counts
    on
        spine.workspace_id = sent_counts.workspace_id
        and spine.account_id = sent_counts.account_id
        and spine.action = sent_counts.action
        and spine.counted_on = sent_counts.counted_on

left join attempt_counts
    on
        spine.workspace_id = attempt_counts.workspace_id
        and spine.account_id = attempt_counts.account_id
        and spine.action = attempt_counts.action
        and spine.counted_on = attempt_counts.counted_on
