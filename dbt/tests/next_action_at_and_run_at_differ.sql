-- Fails for each enrollment whose next_action_at differs from its live job's run_at, or
-- that has only one of them (LL#274, LL#279). What to do: healed_next_actions sets both
-- to one time within half an hour; find who wrote only one, with triggers disabled or
-- as a superuser. For the enrollments that it leaves no job may be made: read the job
-- that ended last, and decide about the person yourself.
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

from {{ ref('int_checked_next_actions') }}

where is_unpaired
