-- Fails for each attempt that began, in the account's local time, on another weekday
-- than its stored window, before its opening, or at or after its closing. A later
-- change of the window does not matter. What to do: pause the account, and find the
-- code that begins attempts without begin_send_attempts.
-- An error: this must never happen.
{{ config(severity='error') }}

select
    workspace_id,
    account_id,
    attempt_id,
    action,
    local_begun_at,
    timezone,
    window_weekday,
    window_opens_at,
    window_closes_at,
    account_name || ' (account ' || account_id || '), ' || action as subject,
    'Attempt ' || attempt_id || ' began '
    || to_char(local_begun_at, 'FMDay YYYY-MM-DD HH24:MI:SS')
    || ' in ' || timezone || ', outside weekday ' || window_weekday || ', '
    || window_opens_at || ' to ' || window_closes_at || '.' as message

from {{ ref('int_attempts_outside_windows') }}
