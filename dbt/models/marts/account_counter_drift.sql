{# The function below reads these tables; these lines are their lineage for dbt. #}
-- depends_on: {{ ref('stg_campaign_events') }}
-- depends_on: {{ ref('stg_linkedin_daily_counters') }}
-- depends_on: {{ ref('stg_send_attempt_outcomes') }}
-- depends_on: {{ ref('stg_send_attempts') }}

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
    where limit_per = 'day' and action <> 'withdraw_invite'

),

{# Today only, in any time zone. The dates keep older event rows from being read. #}
truths as (

    select *
    from outreach.daily_counter_truths(
        from_date => {{ first_local_date() }},
        to_date => {{ last_local_date() }}
    )

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
    from truths

),

{# Each account has a clock, and a left join is estimated at as many. After an inner
   join, estimated at few, each action was compared with every truth. #}
counted as (

    select
        actions.workspace_id,
        actions.account_id,
        clocks.account_name,
        actions.action,
        clocks.local_today as counted_on,
        truths.last_changed_at,
        outreach.ramped_limit(
            daily_limits.limit_count,
            daily_limits.goal_count,
            daily_limits.growth_per_day,
            daily_limits.ramp_starts_on,
            clocks.local_today
        ) as limit_per_day,
        coalesce(truths.cached, 0) as cached,
        coalesce(truths.actual, 0)::bigint as actual,
        coalesce(truths.in_flight, 0)::bigint as in_flight,
        coalesce(truths.truth, 0)::bigint as recomputed,
        coalesce(truths.kind, 'none') as kind

    from actions

    left join clocks
        on
            actions.workspace_id = clocks.workspace_id
            and actions.account_id = clocks.account_id

    left join daily_limits
        on
            actions.workspace_id = daily_limits.workspace_id
            and actions.account_id = daily_limits.account_id
            and actions.action = daily_limits.action

    left join truths
        on
            actions.workspace_id = truths.workspace_id
            and actions.account_id = truths.account_id
            and actions.action = truths.action
            and clocks.local_today = truths.counted_on

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
    counted.limit_per_day,
    counted.kind,
    counted.cached - counted.recomputed as drift,
    case
        when counted.kind <> 'none' then counted.last_changed_at
    end as drifting_since

from counted

inner join workspaces on counted.workspace_id = workspaces.workspace_id
