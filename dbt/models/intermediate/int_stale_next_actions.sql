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

first_steps as (

    select * from {{ ref('int_first_steps') }}

),

idle_accounts as (

    select * from {{ ref('int_idle_accounts') }}

),

accounts as (

    select * from {{ ref('stg_linkedin_accounts') }}

),

windows as (

    select * from {{ ref('stg_linkedin_account_sending_windows') }}

),

accounts_with_windows as (

    select distinct
        workspace_id,
        account_id

    from {{ ref('stg_linkedin_account_sending_windows') }}

),

inflated_accounts as (

    select
        workspace_id,
        account_id

    from {{ ref('stg_linkedin_counter_heals') }}

    where
        heal_kind = 'inflation'
        and healed_at > {{ var('as_of') }} - interval '24 hours'
        and healed_at <= {{ var('as_of') }}

    group by
        workspace_id,
        account_id

),

reschedules as (

    select
        *,
        details ->> 'reason' as reason

    from {{ ref('stg_campaign_events') }}

    where event_type = 'rescheduled'

),

gathered as (

    select
        enrollments.workspace_id,
        enrollments.enrollment_id,
        enrollments.campaign_id,
        enrollments.account_id,
        accounts.account_name,
        enrollments.linkedin_status,
        enrollments.current_step_id,
        enrollments.next_action_at,
        live_jobs.job_id,
        live_jobs.status as job_status,
        live_jobs.run_at,
        {# The account's time zone at that moment, not its present one. #}
        enrollments.next_action_at at time zone outreach.account_timezone(
            accounts.timezone,
            accounts.next_timezone,
            accounts.next_timezone_at,
            enrollments.next_action_at
        ) as local_next_action_at,
        accounts_with_windows.account_id is not null as has_windows,
        inflated_accounts.account_id is not null as is_account_inflated,
        first_steps.step_id is not null as is_at_first_step,
        enrollments.created_at + first_steps.waits_for as wait_ends_at

    from enrollments

    left join live_jobs
        on
            enrollments.workspace_id = live_jobs.workspace_id
            and enrollments.enrollment_id = live_jobs.enrollment_id

    inner join accounts
        on
            enrollments.workspace_id = accounts.workspace_id
            and enrollments.account_id = accounts.account_id

    left join accounts_with_windows
        on
            enrollments.workspace_id = accounts_with_windows.workspace_id
            and enrollments.account_id = accounts_with_windows.account_id

    left join inflated_accounts
        on
            enrollments.workspace_id = inflated_accounts.workspace_id
            and enrollments.account_id = inflated_accounts.account_id

    left join first_steps
        on
            enrollments.workspace_id = first_steps.workspace_id
            and enrollments.current_step_id = first_steps.step_id

    {# The unpaired ones among them break a rule of the database. #}
    where
        enrollments.next_action_at is not null
        or live_jobs.run_at is not null

),

judged as (

    select
        *,
        coalesce(
            next_action_at < {{ var('as_of') }} - interval '5 minutes', false
        ) as is_overdue,
        coalesce(
            next_action_at > {{ var('as_of') }} + interval '24 hours'
            and next_action_at > wait_ends_at
            and job_status = 'queued'
            and linkedin_status in ('ready_to_invite', 'ready_to_message')
            and is_at_first_step
            and is_account_inflated
            {# A time from a person or an import is not one that a gate has moved. #}
            and not exists (
                select 1
                from reschedules
                where
                    gathered.workspace_id = reschedules.workspace_id
                    and gathered.enrollment_id = reschedules.enrollment_id
                    and (reschedules.details ->> 'to')::timestamptz
                    = gathered.next_action_at
                    and reschedules.reason not in (
                        'late', 'too_far_ahead', 'unpaired', 'outside_windows',
                        'orphan'
                    )
            ),
            false
        ) as is_too_far_ahead,
        (next_action_at is distinct from run_at) as is_unpaired,
        coalesce(
            next_action_at > {{ var('as_of') }}
            and job_status = 'queued'
            and has_windows
            and not exists (
                select 1
                from windows
                where
                    gathered.workspace_id = windows.workspace_id
                    and gathered.account_id = windows.account_id
                    and outreach.is_inside_window(
                        gathered.local_next_action_at,
                        windows.weekday,
                        windows.opens_at,
                        windows.closes_at
                    )
            ),
            false
        ) as is_outside_windows

    from gathered

),

{# Few of them, so that little is asked of what holds them back. #}
suspects as materialized (

    select *
    from judged
    where is_overdue or is_too_far_ahead or is_unpaired or is_outside_windows

),

blockers as (

    select *
    from {{ ref('int_enrollment_blockers') }}
    where workspace_id in (select suspects.workspace_id from suspects)

),

explained as (

    select
        suspects.*,
        campaigns.campaign_name,
        blockers.blocker,
        coalesce(
            suspects.is_overdue
            and (
                {# Not due by the different time of its job. #}
                blockers.blocker in ('no_live_job', 'not_due_yet')
                or (
                    blockers.blocker = 'due_now'
                    and idle_accounts.account_id is not null
                )
            ),
            false
        ) as is_late

    from suspects

    left join campaigns
        on
            suspects.workspace_id = campaigns.workspace_id
            and suspects.campaign_id = campaigns.campaign_id

    left join blockers
        on
            suspects.workspace_id = blockers.workspace_id
            and suspects.enrollment_id = blockers.enrollment_id

    left join idle_accounts
        on
            suspects.workspace_id = idle_accounts.workspace_id
            and suspects.account_id = idle_accounts.account_id

)

select
    workspace_id,
    enrollment_id,
    campaign_id,
    campaign_name,
    account_id,
    account_name,
    linkedin_status,
    current_step_id,
    job_id,
    job_status,
    next_action_at,
    run_at,
    blocker,
    is_late,
    is_too_far_ahead,
    is_unpaired,
    is_outside_windows,
    is_late and exists (
        select 1
        from reschedules
        where
            explained.workspace_id = reschedules.workspace_id
            and explained.enrollment_id = reschedules.enrollment_id
            and explained.current_step_id = reschedules.step_id
            and reschedules.reason in ('late', 'orphan')
    ) as is_late_again,
    case
        {# A job in progress or parked keeps its own time. #}
        when job_status <> 'queued' or not has_windows then null
        when
            job_id is null
            and linkedin_status not in ('ready_to_invite', 'ready_to_message')
            then null
        when is_too_far_ahead then greatest({{ var('as_of') }}, wait_ends_at)
        else greatest({{ var('as_of') }}, coalesce(next_action_at, run_at))
    end as not_before_at

from explained

where is_late or is_too_far_ahead or is_unpaired or is_outside_windows
