-- How much of its limits an account's action has spent at a moment. One row for each
-- distinct pair of the two arrays, with the sending window that is open, on whose local
-- date the day is counted. Outside of all windows nothing is counted, and for an action
-- that spends nothing there is no limit.
-- The only count of what is spent. It reads the ledger, never the cached counter
-- (LL#273). One look at what began within a week, or within the gap, gives the newest
-- and both counts: a local day never began longer ago. Few attempts are known unsent,
-- and these spend nothing: they are looked for only where a limit would be reached
-- with them.
create or replace function outreach.spent_limits(
    workspace_id bigint,
    account_ids bigint [],
    actions text [],
    at timestamptz
)
returns table (
    account_id bigint,
    action text,
    timezone text,
    weekday smallint,
    opens time,
    closes time,
    counted_on date,
    is_limited boolean,
    per_day integer,
    per_week integer,
    outstanding integer,
    minimum_gap interval,
    spent_on_day bigint,
    week_filled_by_begun_at timestamptz,
    outstanding_count bigint,
    newest_begun_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        asked.*,
        limits.*,
        spent.on_day,
        spent.week_filled_by_begun_at,
        case
            when limits.outstanding is not null
                then outreach.outstanding_invites(
                    spent_limits.workspace_id, asked.account_id
                )
        end,
        begun.newest_at
    from (
        select
            pairs.account_id,
            pairs.action,
            windows.timezone,
            windows.weekday,
            windows.opens,
            windows.closes,
            (spent_limits.at at time zone windows.timezone)::date as counted_on,
            windows.timezone is not null
            and pairs.action not in ('end_wait', 'withdraw_invite') as is_limited
        from (
            select distinct
                unnested.account_id,
                unnested.action
            from unnest(account_ids, actions) as unnested (account_id, action)
        ) as pairs
        left join outreach.sending_windows_at(
            spent_limits.workspace_id, spent_limits.account_ids, spent_limits.at
        ) as windows on pairs.account_id = windows.account_id
        offset 0 -- each pair's window and date are found once
    ) as asked
    cross join lateral (
        select
            max(limits.limit_count) filter (where limits.per = 'day') as per_day,
            max(limits.limit_count) filter (where limits.per = 'week') as per_week,
            max(limits.limit_count) filter (
                where limits.per = 'outstanding'
            ) as outstanding,
            max(limits.minimum_gap) as minimum_gap
        from outreach.linkedin_account_limits as limits
        where
            asked.is_limited
            and limits.workspace_id = spent_limits.workspace_id
            and limits.account_id = asked.account_id
            and limits.action = asked.action
        offset 0
    ) as limits
    cross join lateral (
        select
            max(attempts.begun_at) as newest_at,
            count(*) filter (where attempts.counted_on = asked.counted_on) as on_day,
            count(*) filter (
                where attempts.begun_at > spent_limits.at - interval '168 hours'
            ) as in_week
        from outreach.send_attempts as attempts
        where
            asked.is_limited
            and attempts.workspace_id = spent_limits.workspace_id
            and attempts.account_id = asked.account_id
            and attempts.action = asked.action
            and attempts.begun_at > least(
                spent_limits.at - interval '168 hours',
                spent_limits.at - limits.minimum_gap
            )
        offset 0
    ) as begun
    cross join lateral (
        select
            count(*) filter (where attempts.counted_on = asked.counted_on) as on_day,
            -- The attempt at the weekly limit's own place, from the newest back.
            (
                array_agg(attempts.begun_at order by attempts.begun_at desc)
            )[limits.per_week] as week_filled_by_begun_at
        from outreach.attempt_states as attempts
        where
            (limits.per_day <= begun.on_day or limits.per_week <= begun.in_week)
            and (
                attempts.counted_on = asked.counted_on
                or limits.per_week <= begun.in_week
            )
            and attempts.workspace_id = spent_limits.workspace_id
            and attempts.account_id = asked.account_id
            and attempts.action = asked.action
            and attempts.begun_at > spent_limits.at - interval '168 hours'
            and attempts.state <> 'unsent'
        offset 0
    ) as spent;
end
$$;
