-- The true daily counters by account, action and local day, counted from rows (LL#273):
-- actual from sent events, in_flight from attempts not known unsent. truth is the
-- larger of these two independent counts. kind is the difference of cached: shortfall
-- (below truth), inflation (above all attempts of that day), release (above truth,
-- because attempts were found unsent), else none. A call that spends nothing (a
-- withdrawal of an invite) is not counted. last_changed_at is the later of the
-- counter's last change and the last time that an attempt was found unsent. It takes no
-- locks; a heal counts again under the account's lock. Security definer: the mart
-- account_counter_drift is a view, a function in a view runs as its reader, and
-- analysts may not read the ledger.
create or replace function outreach.daily_counter_truths(
    only_workspace_id bigint default null,
    only_account_id bigint default null,
    from_date date default '-infinity',
    to_date date default 'infinity'
)
returns table (
    workspace_id bigint,
    account_id bigint,
    action text,
    counted_on date,
    cached integer,
    actual integer,
    in_flight integer,
    attempts_begun integer,
    truth integer,
    kind text,
    last_changed_at timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
-- Planned for the days and the account that are asked for: these are as many rows
-- however long the history is.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
    return query
    with

    -- Few attempts are known unsent: they are found first and taken off, instead of
    -- asking after each attempt. No outcome is older than its attempt, and no local day
    -- begins more than 14 hours before UTC's.
    known_unsent as materialized (

        select
            states.workspace_id,
            states.account_id,
            states.action,
            states.counted_on,
            states.unsent_recorded_at
        from outreach.attempt_states as states
        where
            states.counted_on between from_date and to_date
            and (only_workspace_id is null or states.workspace_id = only_workspace_id)
            and (only_account_id is null or states.account_id = only_account_id)
            and exists (
                select 1
                from outreach.send_attempt_outcomes as outcomes
                where
                    outcomes.workspace_id = states.workspace_id
                    and outcomes.attempt_id = states.attempt_id
                    and outcomes.means = 'unsent'
                    and outcomes.recorded_at
                    >= from_date::timestamp at time zone 'UTC' - interval '14 hours'
            )
            and states.state = 'unsent'

    ),

    witnesses as (

        select
            workspace_id, account_id, action, counted_on,
            0 as cached,
            0::bigint as actual,
            count(*) as begun,
            0 as unsent,
            null::timestamptz as changed_at
        from outreach.send_attempts
        group by workspace_id, account_id, action, counted_on

        union all

        select
            workspace_id, account_id, action, counted_on, 0, 0, 0, 1, unsent_recorded_at
        from known_unsent

        union all

        select
            workspace_id, account_id, action, counted_on, 0, count(*), 0, 0, null
        from outreach.campaign_events
        group by workspace_id, account_id, action, counted_on

        union all

        select
            workspace_id, account_id, action, counted_on, count, 0, 0, 0, updated_at
        from outreach.linkedin_daily_counters

    ),

    counted as (

        select
            workspace_id, account_id, action, counted_on,
            sum(cached)::integer as cached,
            sum(actual)::integer as actual,
            sum(begun - unsent)::integer as in_flight,
            sum(begun)::integer as attempts_begun,
            max(changed_at) as last_changed_at
        from witnesses
        -- On columns that each witness is grouped by, so that it reads these only.
        where
            counted_on between from_date and to_date
            and (only_workspace_id is null or workspace_id = only_workspace_id)
            and (only_account_id is null or account_id = only_account_id)
            and action <> 'withdraw_invite'
        group by workspace_id, account_id, action, counted_on

    )

    select
        counted.workspace_id,
        counted.account_id,
        counted.action,
        counted.counted_on,
        counted.cached,
        counted.actual,
        counted.in_flight,
        counted.attempts_begun,
        greatest(counted.actual, counted.in_flight),
        case
            when counted.cached = greatest(counted.actual, counted.in_flight)
                then 'none'
            when counted.cached < greatest(counted.actual, counted.in_flight)
                then 'shortfall'
            when counted.cached > greatest(counted.actual, counted.attempts_begun)
                then 'inflation'
            else 'release'
        end,
        counted.last_changed_at
    from counted;
end
$$;
