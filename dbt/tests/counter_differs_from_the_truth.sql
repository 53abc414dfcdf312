-- Fails for each counter of today that differs from the rows that prove it: at once if
-- it is above the attempts begun (inflation) or below the sends (shortfall); after an
-- hour if attempts were found unsent (release), which the half-hourly heal corrects.
-- What to do: run healed_daily_counters; if the counter differs again, find a writer
-- other than begin_send_attempts.
-- A warning: an error would keep the heal itself from running.
{{ config(severity='warn') }}

select
    workspace_id,
    account_id,
    action,
    counted_on,
    cached,
    recomputed,
    drift,
    kind,
    drifting_since,
    account_name || ' (account ' || account_id || '), ' || action as subject,
    'The counter says ' || cached || ', the rows of the day say ' || recomputed
    || ' (' || kind || ').' as message

from {{ ref('account_counter_drift') }}

where
    kind in ('inflation', 'shortfall')
    or (
        kind = 'release'
        and drifting_since < {{ var('as_of') }} - interval '1 hour'
    )
