-- What the daily counters of one account should say, by action and local day,
-- recomputed from rows (LL#273): actual from sent events, in_flight from attempts
-- not known unsent; the larger of the two independent witnesses rules.
-- A local day lies well within two days of UTC's: attempts of other days stay unread.
create or replace function outreach.daily_counter_truths(
    workspace_id bigint,
    account_id bigint,
    from_date date,
    to_date date
)
returns table (
    action text,
    counted_on date,
    cached integer,
    actual integer,
    in_flight integer,
    attempts_begun integer
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with

    attempts as (

        select
            attempts.action,
            attempts.counted_on,
            count(*)::integer as attempts_begun,
            (
                count(*) filter (
                    where not exists (
                        select 1
                        from outreach.send_attempt_outcomes as outcomes
                        where
                            outcomes.workspace_id = attempts.workspace_id
                            and outcomes.attempt_id = attempts.attempt_id
                            and outcomes.means = 'unsent'
                    )
                    or outreach.attempt_state(
                        attempts.workspace_id, attempts.attempt_id
                    ) <> 'unsent'
                )
            )::integer as in_flight
        from outreach.send_attempts as attempts
        where
            attempts.workspace_id = $1
            and attempts.account_id = $2
            and attempts.action in (
                'resolve_profile', 'send_invite', 'send_message', 'send_inmail',
                'comment'
            )
            and attempts.counted_on between $3 and $4
            and attempts.begun_at
            > $3::timestamp at time zone 'UTC' - interval '48 hours'
            and attempts.begun_at
            < $4::timestamp at time zone 'UTC' + interval '72 hours'
        group by
            attempts.action,
            attempts.counted_on

    ),

    events as (

        select
            events.action,
            events.counted_on,
            count(*)::integer as actual
        from outreach.campaign_events as events
        where
            events.workspace_id = $1
            and events.account_id = $2
            and events.counted_on between $3 and $4
        group by
            events.action,
            events.counted_on

    ),

    counters as (

        select
            counters.action,
            counters.counted_on,
            counters.count as cached
        from outreach.linkedin_daily_counters as counters
        where
            counters.workspace_id = $1
            and counters.account_id = $2
            and counters.counted_on between $3 and $4

    )

    select
        action,
        counted_on,
        coalesce(counters.cached, 0),
        coalesce(events.actual, 0),
        coalesce(attempts.in_flight, 0),
        coalesce(attempts.attempts_begun, 0)
    from counters
    full join attempts using (action, counted_on)
    full join events using (action, counted_on)
$$;
