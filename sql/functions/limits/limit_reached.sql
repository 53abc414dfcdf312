-- The limit that holds an account's action back at a moment: no_limit_set, day, week,
-- outstanding or minimum_gap; null when none does, beside the limits it was judged by.
-- No row for what spends nothing. Counts the ledger, never the cached counter (LL#273).
-- Only a look: the trigger on send_attempts decides.
-- One look at what began within a week, or within the gap, tells the newest and both
-- counts: a local day never began longer ago. Attempts known unsent spend nothing, but
-- they are few: they are looked for only where a limit would be reached with them.
-- No search_path of its own, so that a query can take it in; every name is qualified.
create or replace function outreach.limit_reached(
    workspace_id bigint,
    account_id bigint,
    action text,
    counted_on date,
    at timestamptz
)
returns table (
    reached text,
    per_day integer,
    per_week integer,
    outstanding integer,
    minimum_gap interval
)
language sql
stable
rows 1
as $$
    select
        case
            when limits.per_day is null then 'no_limit_set'
            when
                limits.minimum_gap > '0'
                and $5 < limits.minimum_gap + begun.newest_at
                then 'minimum_gap'
            when
                limits.per_day <= begun.on_day
                and limits.per_day <= outreach.spent_on_day($1, $2, $3, $4)
                then 'day'
            when
                limits.per_week <= begun.in_week
                and limits.per_week <= outreach.spent_in_week($1, $2, $3, $5)
                then 'week'
            when
                limits.outstanding is not null
                and limits.outstanding <= outreach.outstanding_invites($1, $2)
                then 'outstanding'
        end as reached,
        limits.per_day,
        limits.per_week,
        limits.outstanding,
        limits.minimum_gap
    from outreach.action_limits($1, $2, $3) as limits
    cross join lateral (
        select
            max(attempts.begun_at) as newest_at,
            count(*) filter (where attempts.counted_on = $4) as on_day,
            count(*) filter (
                where attempts.begun_at > $5 - interval '168 hours'
            ) as in_week
        from outreach.send_attempts as attempts
        where
            attempts.workspace_id = $1
            and attempts.account_id = $2
            and attempts.action = $3
            and attempts.begun_at
            > least($5 - interval '168 hours', $5 - limits.minimum_gap)
        offset 0 -- one look, however often it is named above
    ) as begun
    -- These spend nothing: one calls nobody, the other takes back what was spent.
    where $3 not in ('end_wait', 'withdraw_invite')
$$;
