with

enrollments as (

    select *
    from {{ ref('stg_campaign_prospects') }}
    where
        linkedin_status in (
            'ready_to_invite', 'pending_accept', 'ready_to_message',
            'pending_template_fix'
        )

),

facts as (

    select * from {{ ref('int_enrollment_facts') }}

),

gates as (

    select * from {{ ref('int_account_action_gates') }}

),

{# What stands before all others, without asking for the account's turn. #}
judged as (

    select
        enrollments.workspace_id,
        enrollments.enrollment_id,
        enrollments.campaign_id,
        facts.campaign_name,
        enrollments.prospect_id,
        facts.prospect_name,
        facts.public_identifier,
        enrollments.account_id,
        facts.account_name,
        enrollments.linkedin_status,
        enrollments.current_step_id,
        enrollments.next_action_at,
        facts.step_action,
        facts.job_id,
        facts.job_status,
        facts.run_at,
        gates.lifts_at as gate_lifts_at,
        facts.cooled_until,
        facts.is_account_sending,
        case
            when facts.job_status = 'sending' then 'being_sent'
            when facts.is_do_not_contact then 'do_not_contact'
            when facts.campaign_status <> 'running' then 'campaign_not_running'
            when facts.account_status <> 'connected' or not facts.is_account_linked
                then 'account_not_connected'
            when facts.is_account_paused then 'account_paused'
            when enrollments.paused_at is not null then 'enrollment_paused'
            when
                enrollments.linkedin_status = 'pending_template_fix'
                or facts.job_status = 'parked'
                then 'template_fix'
            when facts.job_status = 'unknown' then 'unknown_send'
            when facts.job_status = 'claimed' then 'being_sent'
            {# A wait that times out has a job, which is due when it does. #}
            when
                enrollments.linkedin_status = 'pending_accept'
                and (
                    facts.job_id is null
                    or (
                        facts.step_action in ('end_wait', 'withdraw_invite')
                        and facts.run_at > {{ var('as_of') }}
                    )
                )
                then 'waiting_for_accept'
            when facts.job_id is null then 'no_live_job'
            when facts.run_at > {{ var('as_of') }} then 'not_due_yet'
            when facts.cooled_until is not null then 'person_cooled'
            else gates.gate
        end as blocker

    from enrollments

    inner join facts
        on
            enrollments.workspace_id = facts.workspace_id
            and enrollments.enrollment_id = facts.enrollment_id

    left join gates
        on
            facts.workspace_id = gates.workspace_id
            and facts.account_id = gates.account_id
            and facts.step_action = gates.action
            and facts.job_status = 'queued'

),

{# Of what nothing holds back, an account sends the oldest first, one at a time. #}
queued_up as (

    select
        *,
        count(*) filter (where blocker is null) over (
            partition by workspace_id, account_id
            order by run_at, job_id
            rows between unbounded preceding and 1 preceding
        ) as jobs_ahead_count

    from judged

),

explained as (

    select
        *,
        case
            when blocker is not null then blocker
            when jobs_ahead_count > 0 or is_account_sending then 'behind_others'
            else 'due_now'
        end as only_blocker

    from queued_up

)

select
    workspace_id,
    enrollment_id,
    campaign_id,
    campaign_name,
    prospect_id,
    prospect_name,
    public_identifier,
    account_id,
    account_name,
    linkedin_status,
    current_step_id,
    step_action,
    job_id,
    job_status,
    next_action_at,
    only_blocker as blocker,
    case
        when blocker in ('being_sent', 'no_live_job') then null
        when blocker in ('waiting_for_accept', 'not_due_yet') then run_at
        when blocker = 'person_cooled' then cooled_until
        when blocker is not null then gate_lifts_at
        when only_blocker = 'due_now' then {{ var('as_of') }}
    end as lifts_at,
    case when blocker is null then jobs_ahead_count end as jobs_ahead_count

from explained
