-- Fails for each enrollment whose next_action_at is not its live job's run_at, or that
-- has one of them without the other (LL#274, LL#279). What to do: healed_next_actions
-- sets both to one time within half an hour; find who wrote only one, with triggers off
-- or as a superuser. What it leaves has no job that may be made: look at the job that
-- ended last, and decide about the person by hand.
-- A warning: what repairs it must be able to run.
{{ config(severity='warn') }}

select
    workspace_id,
    account_id,
    enrollment_id,
    next_action_at,
    job_id,
    job_status,
    run_at,
    account_name || ' (account ' || account_id || ')' as subject,
    'Enrollment ' || enrollment_id || ' is due at '
    || coalesce(
        to_char(next_action_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC'),
        'no time'
    )
    || case
        when job_id is null then ', without a live job.'
        else
            ', its job ' || job_id || ' at '
            || coalesce(
                to_char(run_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC'),
                'no time'
            )
            || '.'
    end as message

from {{ ref('stale_next_actions') }}

where is_unpaired
