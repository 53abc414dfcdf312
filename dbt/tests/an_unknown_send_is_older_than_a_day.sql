-- Fails for each call without an answer or a decision for over 24 hours. It counts for
-- the limits all that time. What to do: check on LinkedIn whether the person received
-- it, and record that with `trueup send decide`; if it waits for the account, connect
-- the account first.
-- A warning: nothing else depends on it.
{{ config(severity='warn') }}

select
    workspace_id,
    attempt_id,
    account_id,
    action,
    begun_at,
    lost_at,
    waits_for,
    account_name || ' (account ' || account_id || '), ' || action as subject,
    'Attempt ' || attempt_id || ' of '
    || to_char(begun_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
    || ' UTC was never answered and waits for ' || waits_for || '.' as message

from {{ ref('unknown_sends') }}

where lost_at < {{ var('as_of') }} - interval '24 hours'
