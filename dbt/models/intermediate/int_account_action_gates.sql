with

due_actions as (

    select
        workspace_id,
        account_id,
        action

    from {{ ref('stg_campaign_send_jobs') }}

    where
        status = 'queued'
        and run_at <= {{ var('as_of') }}

    group by
        workspace_id,
        account_id,
        action

),

openings as (

    select * from {{ ref('int_account_openings') }}

),

holds as (

    select *
    from {{ ref('stg_linkedin_account_holds') }}
    where held_until > {{ var('as_of') }}

),

limits as (

    select
        workspace_id,
        account_id,
        action,
        max(limit_count) filter (where limit_per = 'day') as limit_per_day,
        max(limit_count) filter (where limit_per = 'week') as limit_per_week,
        max(limit_count) filter (
            where limit_per = 'outstanding'
        ) as limit_outstanding,
        max(minimum_gap) as minimum_gap

    from {{ ref('stg_linkedin_account_limits') }}

    group by
        workspace_id,
        account_id,
        action

),

attempts as (

    select * from {{ ref('int_attempt_states') }}

),

outstanding_invites as (

    select * from {{ ref('int_outstanding_invites') }}

),

{# Looked up account by account, from the newest back: the attempt that fills a limit
   is the one at the limit's own place, and its age says when a place becomes free. #}
measured as (

    select
        due_actions.workspace_id,
        due_actions.account_id,
        due_actions.action,
        openings.opens_at,
        openings.opens_tomorrow_at,
        holds.held_until,
        limits.limit_per_day,
        limits.limit_per_week,
        limits.limit_outstanding,
        spent_today.spent_count as spent_today_count,
        filling_week.begun_at as week_filled_by_begun_at,
        newest.begun_at + limits.minimum_gap as gap_ends_at,
        due_actions.action not in (
            'end_wait', 'withdraw_invite'
        ) as spends_a_limit,
        coalesce(outstanding_invites.outstanding_count, 0) as outstanding_count

    from due_actions

    inner join openings
        on
            due_actions.workspace_id = openings.workspace_id
            and due_actions.account_id = openings.account_id

    left join holds
        on
            due_actions.workspace_id = holds.workspace_id
            and due_actions.account_id = holds.account_id
            and due_actions.action = holds.action

    left join limits
        on
            due_actions.workspace_id = limits.workspace_id
            and due_actions.account_id = limits.account_id
            and due_actions.action = limits.action

    left join outstanding_invites
        on
            due_actions.workspace_id = outstanding_invites.workspace_id
            and due_actions.account_id = outstanding_invites.account_id
            and due_actions.action = 'send_invite'

    left join lateral (
        select count(*) as spent_count
        from attempts
        where
            attempts.workspace_id = due_actions.workspace_id
            and attempts.account_id = due_actions.account_id
            and attempts.action = due_actions.action
            and attempts.counted_on = openings.local_today
            and attempts.attempt_state <> 'unsent'
    ) as spent_today on true

    left join lateral (
        select attempts.begun_at
        from attempts
        where
            attempts.workspace_id = due_actions.workspace_id
            and attempts.account_id = due_actions.account_id
            and attempts.action = due_actions.action
            and attempts.begun_at > {{ var('as_of') }} - interval '168 hours'
            and attempts.attempt_state <> 'unsent'
            and limits.limit_per_week is not null
        order by attempts.begun_at desc
        limit 1 offset greatest(limits.limit_per_week - 1, 0)
    ) as filling_week on true

    left join lateral (
        select max(attempts.begun_at) as begun_at
        from attempts
        where
            attempts.workspace_id = due_actions.workspace_id
            and attempts.account_id = due_actions.account_id
            and attempts.action = due_actions.action
            and limits.minimum_gap > interval '0'
    ) as newest on true

)

select
    workspace_id,
    account_id,
    action,
    case
        when held_until is not null then 'account_held'
        when opens_at is null or opens_at > {{ var('as_of') }} then 'outside_window'
        when not spends_a_limit then null
        when limit_per_day is null then 'no_limit_set'
        when spent_today_count >= limit_per_day then 'day_limit'
        when limit_per_week = 0 or week_filled_by_begun_at is not null
            then 'week_limit'
        when outstanding_count >= limit_outstanding then 'outstanding_limit'
        when gap_ends_at > {{ var('as_of') }} then 'minimum_gap'
    end as gate,
    case
        when held_until is not null then held_until
        when opens_at is null or opens_at > {{ var('as_of') }} then opens_at
        when limit_per_day is null or not spends_a_limit then null
        when spent_today_count >= limit_per_day then opens_tomorrow_at
        when limit_per_week = 0 or week_filled_by_begun_at is not null
            then week_filled_by_begun_at + interval '168 hours'
        when outstanding_count >= limit_outstanding then null
        when gap_ends_at > {{ var('as_of') }} then gap_ends_at
    end as lifts_at

from measured
