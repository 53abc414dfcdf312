with

enrollments as (

    select * from {{ ref('stg_campaign_prospects') }}

),

facts as (

    select * from {{ ref('int_enrollment_facts') }}

),

blockers as (

    select * from {{ ref('int_enrollment_blockers') }}

),

first_steps as (

    select * from {{ ref('int_first_steps') }}

),

idle_accounts as (

    select * from {{ ref('int_idle_accounts') }}

),

openings as (

    select * from {{ ref('int_account_openings') }}

),

accounts as (

    select * from {{ ref('stg_linkedin_accounts') }}

),

windows as (

    select * from {{ ref('stg_linkedin_account_sending_windows') }}

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
        facts.campaign_name,
        enrollments.account_id,
        facts.account_name,
        enrollments.linkedin_status,
        enrollments.current_step_id,
        enrollments.next_action_at,
        facts.job_id,
        facts.job_status,
        facts.run_at,
        blockers.blocker,
        {# The account's time zone at that moment, not its present one. #}
        enrollments.next_action_at at time zone outreach.account_timezone(
            accounts.timezone,
            accounts.next_timezone,
            accounts.next_timezone_at,
            enrollments.next_action_at
        ) as local_next_action_at,
        openings.opens_at is not null as has_windows,
        idle_accounts.account_id is not null as is_account_idle,
        inflated_accounts.account_id is not null as is_account_inflated,
        first_steps.step_id is not null as is_at_first_step,
        enrollments.created_at + first_steps.waits_for as wait_ends_at

    from enrollments

    inner join facts
        on
            enrollments.workspace_id = facts.workspace_id
            and enrollments.enrollment_id = facts.enrollment_id

    inner join accounts
        on
            enrollments.workspace_id = accounts.workspace_id
            and enrollments.account_id = accounts.account_id

    left join blockers
        on
            enrollments.workspace_id = blockers.workspace_id
            and enrollments.enrollment_id = blockers.enrollment_id

    left join openings
        on
            enrollments.workspace_id = openings.workspace_id
            and enrollments.account_id = openings.account_id

    left join idle_accounts
        on
            enrollments.workspace_id = idle_accounts.workspace_id
            and enrollments.account_id = idle_accounts.account_id

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
        or facts.run_at is not null

),

judged as (

    select
        *,
        coalesce(
            next_action_at < {{ var('as_of') }} - interval '5 minutes'
            and (
                {# Not due by the different time of its job. #}
                blocker in ('no_live_job', 'not_due_yet')
                or (blocker = 'due_now' and is_account_idle)
            ),
            false
        ) as is_late,
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
            judged.workspace_id = reschedules.workspace_id
            and judged.enrollment_id = reschedules.enrollment_id
            and judged.current_step_id = reschedules.step_id
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

from judged

where is_late or is_too_far_ahead or is_unpaired or is_outside_windows
