-- Fails for each enrollment that is ready at a step and has no job to send it (LL#274,
-- LL#277). What to do: check that reconciled_orphans ran; it makes each missing job
-- once. The enrollments that it leaves have failed permanently or were begun before:
-- read the job that ended last, and decide about the person yourself.
-- A warning: an error would keep the repair from running.
{{ config(
    severity='warn',
    meta={'dagster': {'ref': {'name': 'enrollment_blockers'}}},
) }}

{# Dagster shows a test only beside a model that it depends on. #}
-- depends_on: {{ ref('enrollment_blockers') }}

with

enrollments as (

    select * from {{ ref('stg_campaign_prospects') }}

),

live_jobs as (

    select *
    from {{ ref('stg_campaign_send_jobs') }}
    where outreach.is_live_job(status)

),

campaigns as (

    select * from {{ ref('stg_campaigns') }}

),

{# Who waits for an accept needs no job. The others without one are few, and only their
   accounts are judged as the mart judges all. #}
jobless as (

    select
        enrollments.workspace_id,
        array_agg(distinct enrollments.account_id) as account_ids

    from enrollments

    where
        enrollments.linkedin_status in (
            'ready_to_invite', 'ready_to_message', 'pending_template_fix'
        )
        and not exists (
            select 1
            from live_jobs
            where
                enrollments.workspace_id = live_jobs.workspace_id
                and enrollments.enrollment_id = live_jobs.enrollment_id
        )

    group by enrollments.workspace_id

),

orphans as materialized (

    select
        jobless.workspace_id,
        blockers.enrollment_id

    from jobless

    cross join
        lateral outreach.account_blockers(
            jobless.workspace_id, jobless.account_ids, {{ var('as_of') }}
        ) as blockers

    where blockers.blocker = 'no_live_job'

)

select
    orphans.workspace_id,
    orphans.enrollment_id,
    enrollments.account_id,
    enrollments.linkedin_status,
    enrollments.current_step_id,
    campaigns.campaign_name || ' (campaign ' || enrollments.campaign_id || ')'
        as subject,
    'Enrollment ' || orphans.enrollment_id || ' is ' || enrollments.linkedin_status
    || ' and has no live job.' as message

from orphans

inner join enrollments
    on
        orphans.workspace_id = enrollments.workspace_id
        and orphans.enrollment_id = enrollments.enrollment_id

inner join campaigns
    on
        orphans.workspace_id = campaigns.workspace_id
        and enrollments.campaign_id = campaigns.campaign_id
