with

blockers as (

    select * from {{ ref('int_enrollment_blockers') }}

),

enrollments as (

    select *
    from {{ ref('stg_campaign_prospects') }}
    where outreach.is_under_way(linkedin_status)

),

facts as (

    select *
    from {{ ref('int_enrollment_facts') }}
    where outreach.is_under_way(linkedin_status)

),

vocabulary as (

    select
        blocker,
        explanation

    from outreach.blockers()

)

{# Each blocker is of an enrollment that is under way. A left join is estimated at as
   many rows, and is not done for a query that asks for the reasons alone. #}
select
    blockers.workspace_id,
    blockers.enrollment_id,
    enrollments.campaign_id,
    facts.campaign_name,
    enrollments.prospect_id,
    facts.prospect_name,
    facts.public_identifier,
    enrollments.account_id,
    facts.account_name,
    enrollments.linkedin_status,
    enrollments.current_step_id,
    facts.step_action,
    blockers.job_id,
    blockers.job_status,
    enrollments.next_action_at,
    blockers.blocker,
    vocabulary.explanation,
    blockers.lifts_at,
    blockers.jobs_ahead_count

from blockers

left join enrollments
    on
        blockers.workspace_id = enrollments.workspace_id
        and blockers.enrollment_id = enrollments.enrollment_id

left join facts
    on
        blockers.workspace_id = facts.workspace_id
        and blockers.enrollment_id = facts.enrollment_id

left join vocabulary
    on blockers.blocker = vocabulary.blocker
