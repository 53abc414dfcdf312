-- Each attempt begun since a moment beside what its account had spent by then, judged by
-- the limits and the window that are stored on it: a limit or a window that changes later
-- does not count. An attempt that is known unsent spends nothing.
-- touched_since, is_late: see outreach.touched_attempt_states; the rest is as it was.
create or replace function outreach.judged_attempts(
    judged_since timestamptz default '-infinity',
    touched_since timestamptz default null,
    is_late boolean default false
)
returns table (
    workspace_id bigint,
    attempt_id bigint,
    account_id bigint,
    action text,
    begun_at timestamptz,
    counted_on date,
    spends_a_limit boolean,
    spent_on_day bigint,
    limit_per_day integer,
    spent_in_week bigint,
    limit_per_week integer,
    spent_in_month bigint,
    limit_per_month integer,
    timezone text,
    local_begun_at timestamp,
    window_weekday smallint,
    window_opens time,
    window_closes time,
    is_over_day_limit boolean,
    is_over_week_limit boolean,
    is_over_month_limit boolean,
    is_over_note_limit boolean,
    is_inside_window boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
as $$
#variable_conflict use_column
begin
    return query
    with

    spending as (

        select
            attempts.*,
            states.state <> 'unsent' as spends_a_limit,
            attempts.begun_at at time zone attempts.timezone as local_begun_at
        from outreach.send_attempts as attempts
        -- The oldest of them is measured against the 168 hours before it.
        inner join outreach.attempt_states_since(
            judged_since - interval '168 hours', null, touched_since, is_late
        ) as states
            on
                attempts.workspace_id = states.workspace_id
                and attempts.attempt_id = states.attempt_id
        where attempts.begun_at > judged_since - interval '168 hours'

    ),

    measured as (

        select
            spending.*,
            count(*) filter (where spending.spends_a_limit) over (
                partition by
                    spending.workspace_id, spending.account_id, spending.action,
                    spending.counted_on
                order by spending.begun_at, spending.attempt_id
                rows unbounded preceding
            ) as spent_on_day,
            -- A limit counts what began less than 168 hours before.
            count(*) filter (where spending.spends_a_limit) over (
                partition by
                    spending.workspace_id, spending.account_id, spending.action
                order by spending.begun_at
                range between interval '167:59:59.999999' preceding and current row
            ) as spent_in_week
        from spending

    )

    select
        measured.workspace_id, measured.attempt_id, measured.account_id,
        measured.action, measured.begun_at, measured.counted_on,
        measured.spends_a_limit, measured.spent_on_day, measured.limit_per_day,
        measured.spent_in_week, measured.limit_per_week,
        case when measured.limit_per_month is not null then months.spent_in_month end,
        measured.limit_per_month, measured.timezone, measured.local_begun_at,
        measured.window_weekday, measured.window_opens, measured.window_closes,
        coalesce(measured.spent_on_day > measured.limit_per_day, false),
        coalesce(measured.spent_in_week > measured.limit_per_week, false),
        coalesce(months.spent_in_month > measured.limit_per_month, false),
        coalesce(
            notes.spent_in_week > measured.note_limit_per_week
            or notes.spent_in_month > measured.note_limit_per_month,
            false
        ),
        outreach.is_inside_window(
            measured.local_begun_at, measured.window_weekday, measured.window_opens,
            measured.window_closes
        )
    from measured
    -- The condition stands inside, where it keeps most attempts from being counted.
    cross join lateral (
        select count(*) as spent_in_month
        from outreach.attempt_states as earlier
        where
            measured.limit_per_month is not null
            and earlier.workspace_id = measured.workspace_id
            and earlier.account_id = measured.account_id
            and earlier.action = measured.action
            and earlier.begun_at > measured.begun_at - interval '33 days'
            and (earlier.begun_at, earlier.attempt_id)
            <= (measured.begun_at, measured.attempt_id)
            and date_trunc('month', earlier.counted_on)
            = date_trunc('month', measured.counted_on)
            and earlier.state <> 'unsent'
    ) as months
    cross join lateral (
        select
            count(*) filter (
                where earlier.begun_at > measured.begun_at - interval '168 hours'
            ) as spent_in_week,
            count(*) filter (
                where
                    date_trunc('month', earlier.counted_on)
                    = date_trunc('month', measured.counted_on)
            ) as spent_in_month
        from outreach.attempt_states as earlier
        where
            coalesce(
                measured.note_limit_per_week, measured.note_limit_per_month
            ) is not null
            and earlier.workspace_id = measured.workspace_id
            and earlier.account_id = measured.account_id
            and earlier.action = measured.action
            and earlier.has_note
            and earlier.begun_at > measured.begun_at - interval '33 days'
            and (earlier.begun_at, earlier.attempt_id)
            <= (measured.begun_at, measured.attempt_id)
            and earlier.state <> 'unsent'
    ) as notes
    where measured.begun_at > judged_since;
end
$$;
