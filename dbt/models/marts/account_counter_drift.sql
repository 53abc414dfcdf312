with

clocks as (

    select * from {{ ref('int_account_clocks') }}

),

workspaces as (

    select * from {{ ref('stg_workspaces') }}

),

daily_limits as (

    select *
    from {{ ref('stg_linkedin_account_limits') }}
    where limit_per = 'day'

),

{# Today only, wherever that is: the dates keep the event rows of all history unread. #}
counters as (

    select *
    from {{ ref('stg_linkedin_daily_counters') }}
    where counted_on between {{ first_local_date() }} and {{ last_local_date() }}

),

sent_counts as (

    select *
    from {{ ref('int_daily_sent_counts') }}
    where counted_on between {{ first_local_date() }} and {{ last_local_date() }}

),

attempt_counts as (

    select *
    from {{ ref('int_daily_attempt_counts') }}
    where counted_on between {{ first_local_date() }} and {{ last_local_date() }}

),

actions as (

    select
        workspace_id,
        account_id,
        action
    from daily_limits

    union distinct

    select
        workspace_id,
        account_id,
        action
    from counters

    union distinct

    select
        workspace_id,
        account_id,
        action
    from sent_counts

    union distinct

    select
        workspace_id,
        account_id,
        action
    from attempt_counts

),

counted as (

    select
        actions.workspace_id,
        actions.account_id,
        clocks.account_name,
        actions.action,
        clocks.local_today as counted_on,
        daily_limits.limit_count as limit_per_day,
        coalesce(counters.cached_count, 0) as cached,
        coalesce(sent_counts.sent_count, 0) as actual,
        coalesce(attempt_counts.in_flight_count, 0) as in_flight,
        coalesce(attempt_counts.attempts_begun_count, 0) as attempts_begun,
        greatest(
            sent_counts.sent_count, attempt_counts.in_flight_count, 0
        ) as recomputed,
        greatest(
            counters.updated_at, attempt_counts.last_unsent_recorded_at
        ) as last_changed_at

    from actions

    inner join clocks
        on
            actions.workspace_id = clocks.workspace_id
            and actions.account_id = clocks.account_id

    left join daily_limits
        on
            actions.workspace_id = daily_limits.workspace_id
            and actions.account_id = daily_limits.account_id
            and actions.action = daily_limits.action

    left join counters
        on
            actions.workspace_id = counters.workspace_id
            and actions.account_id = counters.account_id
            and actions.action = counters.action
            and clocks.local_today = counters.counted_on

    left join sent_counts
        on
            actions.workspace_id = sent_counts.workspace_id
            and actions.account_id = sent_counts.account_id
            and actions.action = sent_counts.action
            and clocks.local_today = sent_counts.counted_on

    left join attempt_counts
        on
            actions.workspace_id = attempt_counts.workspace_id
            and actions.account_id = attempt_counts.account_id
            and actions.action = attempt_counts.action
            and clocks.local_today = attempt_counts.counted_on

)

select
    counted.workspace_id,
    workspaces.workspace_name,
    counted.account_id,
    counted.account_name,
    counted.action,
    counted.counted_on,
    counted.cached,
    counted.actual,
    counted.in_flight,
    counted.recomputed,
    counted.cached - counted.recomputed as drift,
    counted.limit_per_day,
    case
        when counted.cached = counted.recomputed then 'none'
        when counted.cached < counted.recomputed then 'shortfall'
        {# More than was ever begun that day: nothing that happened explains it. #}
        when counted.cached > greatest(counted.attempts_begun, counted.actual)
            then 'inflation'
        else 'release'
    end as kind,
    case
        when counted.cached <> counted.recomputed then counted.last_changed_at
    end as drifting_since

from counted

inner join workspaces on counted.workspace_id = workspaces.workspace_id
