-- Fails for each enrollment whose next_action_at is not its live job's run_at, or that
-- has one of them without the other (LL#274, LL#279). What to do: move it with
-- outreach.reschedule_enrollment(), which sets both, and find who wrote only one.
-- A warning: what repairs it must be able to run.
{{ config(
    severity='warn',
    meta={'dagster': {'ref': {'name': 'send_queue_health'}}},
) }}

with

enrollments as (

    select * from {{ ref('stg_campaign_prospects') }}

),

live_jobs as (

    select *
    from {{ ref('stg_campaign_send_jobs') }}
    where status in ('queued', 'claimed', 'sending', 'unknown', 'parked')

),

accounts as (

    select * from {{ ref('stg_linkedin_accounts') }}

)

select
    enrollments.workspace_id,
    enrollments.account_id,
    enrollments.enrollment_id,
    enrollments.next_action_at,
    live_jobs.job_id,
    live_jobs.status as job_status,
    live_jobs.run_at,
    accounts.account_name || ' (account ' || accounts.account_id || ')' as subject,
    'Enrollment ' || enrollments.enrollment_id || ' is due at '
    || coalesce(
        to_char(
            enrollments.next_action_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC'
        ),
        'no time'
    )
    || case
        when live_jobs.job_id is null then ', without a live job.'
        else
            ', its job ' || live_jobs.job_id || ' at '
            || coalesce(
                to_char(
                    live_jobs.run_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC'
                ),
                'no time'
            )
            || '.'
    end as message

from enrollments

inner join accounts
    on
        enrollments.workspace_id = accounts.workspace_id
        and enrollments.account_id = accounts.account_id

left join live_jobs
    on
        enrollments.workspace_id = live_jobs.workspace_id
        and enrollments.enrollment_id = live_jobs.enrollment_id

where enrollments.next_action_at is distinct from live_jobs.run_at
