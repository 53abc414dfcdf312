-- Fails for each call that nobody answered and nobody decided for over 24 hours. It
-- counts for the limits all the while. What to do: look at LinkedIn whether the person
-- received it, and say so with `trueup send decide`; where it waits for the
-- account, connect that first.
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
