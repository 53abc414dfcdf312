-- Accounts with a daily counter that differs from its rows, of any day on their own
-- calendar that was not over so long ago: local_date is their today, days_before how
-- far the look goes back from it. One pass over those days' rows for all accounts; only
-- a look, without locks: the heal counts again under each account's own.
create or replace function outreach.drifted_accounts(
    only_workspace_id bigint,
    at timestamptz,
    look_back interval default '24 hours'
)
returns table (
    workspace_id bigint,
    account_id bigint,
    local_date date,
    days_before integer
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
-- Planned for the days that are asked for: they are as many rows however long the
-- history is.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    first_day constant date := (
        (drifted_accounts.at - look_back) at time zone 'UTC' - interval '12 hours'
    )::date;
    last_day constant date := (
        drifted_accounts.at at time zone 'UTC' + interval '14 hours'
    )::date;
begin
    return query
    with

    -- Few attempts are known unsent, and none before its day began somewhere, which is
    -- 14 hours before UTC's at most: they are found once and taken off, instead of
    -- asking after each attempt of all.
    perhaps_unsent as materialized (

        select distinct
            attempts.workspace_id,
            attempts.attempt_id,
            attempts.account_id,
            attempts.action,
            attempts.counted_on
        from outreach.send_attempt_outcomes as outcomes
        cross join lateral (
            select found.*
            from outreach.send_attempts as found
            where
                found.workspace_id = outcomes.workspace_id
                and found.attempt_id = outcomes.attempt_id
            offset 0 -- an index look-up for each of the few
        ) as attempts
        where
            outcomes.means = 'unsent'
            and outcomes.recorded_at
            >= first_day::timestamp at time zone 'UTC' - interval '14 hours'
            and attempts.counted_on between first_day and last_day

    ),

    days_in_rows as (

        select
            attempts.workspace_id,
            attempts.account_id,
            attempts.action,
            attempts.counted_on,
            0 as cached,
            0 as actual,
            count(*)::integer as in_flight
        from outreach.send_attempts as attempts
        where attempts.counted_on between first_day and last_day
        group by
            attempts.workspace_id,
            attempts.account_id,
            attempts.action,
            attempts.counted_on

        union all

        select
            perhaps_unsent.workspace_id,
            perhaps_unsent.account_id,
            perhaps_unsent.action,
            perhaps_unsent.counted_on,
            0 as cached,
            0 as actual,
            -1 as in_flight
        from perhaps_unsent
        where not exists (
            select 1
            from outreach.send_attempt_outcomes as sent
            where
                sent.workspace_id = perhaps_unsent.workspace_id
                and sent.attempt_id = perhaps_unsent.attempt_id
                and sent.means = 'sent'
        )

        union all

        select
            events.workspace_id,
            events.account_id,
            events.action,
            events.counted_on,
            0 as cached,
            count(*)::integer as actual,
            0 as in_flight
        from outreach.campaign_events as events
        where events.counted_on between first_day and last_day
        group by
            events.workspace_id,
            events.account_id,
            events.action,
            events.counted_on

        union all

        select
            counters.workspace_id,
            counters.account_id,
            counters.action,
            counters.counted_on,
            counters.count as cached,
            0 as actual,
            0 as in_flight
        from outreach.linkedin_daily_counters as counters
        where counters.counted_on between first_day and last_day

    ),

    drifted as (

        select
            workspace_id,
            account_id,
            counted_on
        from days_in_rows
        -- It spends nothing, so no counter counts it.
        where action <> 'withdraw_invite'
        group by
            workspace_id,
            account_id,
            action,
            counted_on
        having sum(cached) <> greatest(sum(actual), sum(in_flight))

    )

    select distinct
        accounts.workspace_id,
        accounts.account_id,
        local_days.local_date,
        local_days.local_date - local_days.first_date
    from drifted
    inner join outreach.linkedin_accounts as accounts
        on
            drifted.workspace_id = accounts.workspace_id
            and drifted.account_id = accounts.account_id
    cross join lateral (
        select
            outreach.account_timezone(
                accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
                drifted_accounts.at
            ) as timezone
    ) as clocks
    cross join lateral (
        select
            (drifted_accounts.at at time zone clocks.timezone)::date as local_date,
            (
                (drifted_accounts.at - look_back) at time zone clocks.timezone
            )::date as first_date
    ) as local_days
    where
        drifted.counted_on between local_days.first_date
        and local_days.local_date
        and (
            only_workspace_id is null
            or accounts.workspace_id = only_workspace_id
        );
end
$$;
