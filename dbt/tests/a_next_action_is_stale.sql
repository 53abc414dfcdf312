-- Fails for each enrollment whose next action has an unjustified time, although it
-- agrees with its job (LL#274, LL#279). What to do: healed_next_actions moves it within
-- half an hour; check that true_up_counters ran. A next action that is late again is
-- not moved a second time, because its sender does not send: check the runs of
-- send_due_jobs and the daemon that starts them.
-- A warning: an error would keep the repair from running.
{{ config(
    severity='warn',
    meta={'dagster': {'ref': {'name': 'stale_next_actions'}}},
) }}

{# Dagster shows a test only beside a model that it depends on. #}
-- depends_on: {{ ref('stale_next_actions') }}

select
    workspace_id,
    account_id,
    enrollment_id,
    kind,
    next_action_at,
    clamped_to,
    is_late_again,
    account_name || ' (account ' || account_id || '), '
    || case when is_late_again then 'late again' else replace(kind, '_', ' ') end
        as subject,
    'Enrollment ' || enrollment_id || ' was to go at '
    || to_char(next_action_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC'
    || case
        when is_late_again
            then '; it was moved once before, nothing holds it, and it is not sent.'
        when kind = 'late' then ', nothing holds it, and it is not sent.'
        when kind = 'too_far_ahead'
            then
                ', put off by a counter that was too high; the next window opens at '
                || to_char(clamped_to at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
                || ' UTC.'
        else ', outside every sending window.'
    end as message

from {{ ref('int_checked_next_actions') }}

where kind <> 'unpaired'
