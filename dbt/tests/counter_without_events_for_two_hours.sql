-- Fails for each counter of today above 0 without an event or an attempt of today for
-- over 2 hours (LL#273). Sends continue, because limits are counted from the attempts.
-- What to do: check that healed_daily_counters ran in the last half hour, run it, and
-- find the code that wrote the counter without an attempt.
-- A warning: an error would keep the heal itself from running.
{{ config(severity='warn') }}

select
    workspace_id,
    account_id,
    action,
    counted_on,
    cached,
    drifting_since,
    account_name || ' (account ' || account_id || '), ' || action as subject,
    'The counter says ' || cached || ', the rows of the day say 0, since '
    || to_char(drifting_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
    || ' UTC.' as message

from {{ ref('account_counter_drift') }}

where
    cached > 0
    and recomputed = 0
    and drifting_since < {{ var('as_of') }} - interval '2 hours'
