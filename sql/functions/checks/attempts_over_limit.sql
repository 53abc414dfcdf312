-- Attempts that stood above a limit when they began, by the limits stored on them.
create or replace function outreach.attempts_over_limit()
returns table (workspace_id bigint, subject text, detail text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with

    counted as (

        select
            attempts.*,
            count(*) over (
                partition by
                    attempts.workspace_id,
                    attempts.account_id,
                    attempts.action,
                    attempts.counted_on
                order by attempts.attempt_id
            ) as nth_of_day,
            count(*) over (
                partition by
                    attempts.workspace_id,
                    attempts.account_id,
                    attempts.action
                order by attempts.begun_at
                -- A limit counts what began less than 168 hours before.
                range between interval '167:59:59.999999' preceding and current row
                exclude group
            ) + 1 as nth_of_week
        from outreach.send_attempts as attempts
        where
            outreach.attempt_state(attempts.workspace_id, attempts.attempt_id)
            <> 'unsent'

    )

    select
        counted.workspace_id,
        'attempt ' || counted.attempt_id || ' of account ' || counted.account_id,
        counted.action || ' was number ' || counted.nth_of_day || ' of '
        || counted.limit_per_day || ' on ' || counted.counted_on
        || ' and number ' || counted.nth_of_week || ' of '
        || coalesce(counted.limit_per_week::text, 'any') || ' in 7 days'
    from counted
    where
        counted.nth_of_day > counted.limit_per_day
        or counted.nth_of_week > counted.limit_per_week
$$;
