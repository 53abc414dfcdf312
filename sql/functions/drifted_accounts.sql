-- Accounts with a daily counter, of today or yesterday on their own calendar, that
-- differs from its rows. One pass over two or three days of rows for all accounts;
-- only a look, without locks: the heal counts again under each account's own.
create or replace function outreach.drifted_accounts(
    workspace_id bigint,
    at timestamptz
)
returns table (workspace_id bigint, account_id bigint, local_date date)
language sql
stable
set search_path = ''
as $$
    with

    days as (

        select
            ($2 at time zone 'UTC' - interval '12 hours')::date - 1 as first_day,
            ($2 at time zone 'UTC' + interval '14 hours')::date as last_day

    ),

    attempts as (

        select
            attempts.workspace_id,
            attempts.account_id,
            attempts.action,
            attempts.counted_on,
            count(*) - count(unsent.attempt_id) as in_flight
        from outreach.send_attempts as attempts
        left join (
            select
                outcomes.workspace_id,
                outcomes.attempt_id
            from outreach.send_attempt_outcomes as outcomes
            where
                outcomes.means = 'unsent'
                and outreach.attempt_state(
                    outcomes.workspace_id, outcomes.attempt_id
                ) = 'unsent'
            group by
                outcomes.workspace_id,
                outcomes.attempt_id
        ) as unsent
            on
                attempts.workspace_id = unsent.workspace_id
                and attempts.attempt_id = unsent.attempt_id
        where attempts.counted_on between (select days.first_day from days)
            and (select days.last_day from days)
        group by
            attempts.workspace_id,
            attempts.account_id,
            attempts.action,
            attempts.counted_on

    ),

    events as (

        select
            events.workspace_id,
            events.account_id,
            events.action,
            events.counted_on,
            count(*) as actual
        from outreach.campaign_events as events
        where events.counted_on between (select days.first_day from days)
            and (select days.last_day from days)
        group by
            events.workspace_id,
            events.account_id,
            events.action,
            events.counted_on

    ),

    counters as (

        select
            counters.workspace_id,
            counters.account_id,
            counters.action,
            counters.counted_on,
            counters.count as cached
        from outreach.linkedin_daily_counters as counters
        where counters.counted_on between (select days.first_day from days)
            and (select days.last_day from days)

    ),

    drifted as (

        select
            workspace_id,
            account_id,
            counted_on
        from counters
        full join attempts using (workspace_id, account_id, action, counted_on)
        full join events using (workspace_id, account_id, action, counted_on)
        where coalesce(counters.cached, 0)
            <> greatest(coalesce(events.actual, 0), coalesce(attempts.in_flight, 0))

    )

    select distinct
        accounts.workspace_id,
        accounts.account_id,
        local_days.local_date
    from drifted
    inner join outreach.linkedin_accounts as accounts
        on
            drifted.workspace_id = accounts.workspace_id
            and drifted.account_id = accounts.account_id
    cross join lateral (
        select
            (
                $2 at time zone outreach.account_timezone(
                    accounts.timezone, accounts.next_timezone,
                    accounts.next_timezone_at, $2
                )
            )::date as local_date
    ) as local_days
    where
        drifted.counted_on between local_days.local_date - 1 and local_days.local_date
        and ($1 is null or accounts.workspace_id = $1)
$$;
