-- Attempts that began outside the sending window stored on them.
create or replace function outreach.attempts_outside_window()
returns table (workspace_id bigint, subject text, detail text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        attempts.workspace_id,
        'attempt ' || attempts.attempt_id || ' of account ' || attempts.account_id,
        'began at ' || local_times.local_time || ' in ' || attempts.timezone
        || ', outside weekday ' || attempts.window_weekday || ' '
        || attempts.window_opens || ' to ' || attempts.window_closes
    from outreach.send_attempts as attempts
    cross join lateral (
        select attempts.begun_at at time zone attempts.timezone as local_time
    ) as local_times
    where
        extract(isodow from local_times.local_time) <> attempts.window_weekday
        or local_times.local_time::time < attempts.window_opens
        or local_times.local_time::time >= attempts.window_closes
$$;
