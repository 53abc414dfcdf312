with

enrollments as (

    select * from {{ ref('stg_campaign_prospects') }}

),

campaigns as (

    select * from {{ ref('stg_campaigns') }}

),

steps as (

    select * from {{ ref('stg_campaign_steps') }}

),

accounts as (

    select * from {{ ref('stg_linkedin_accounts') }}

),

prospects as (

    select * from {{ ref('stg_prospects') }}

),

live_jobs as (

    select *
    from {{ ref('stg_campaign_send_jobs') }}
    where outreach.is_live_job(status)

)

{# Foreign keys name one row of each for each enrollment. A left join says so to a plan:
   what a query does not ask for is not read, and no plan begins with every account of
   every campaign. #}
select
    enrollments.workspace_id,
    enrollments.enrollment_id,
    enrollments.account_id,
    enrollments.linkedin_status,
    campaigns.campaign_name,
    accounts.account_name,
    live_jobs.job_id,
    live_jobs.status as job_status,
    live_jobs.run_at,
    prospects.public_identifier,
    concat_ws(' ', prospects.first_name, prospects.last_name) as prospect_name,
    coalesce(live_jobs.action, steps.action) as step_action

from enrollments

left join campaigns
    on
        enrollments.workspace_id = campaigns.workspace_id
        and enrollments.campaign_id = campaigns.campaign_id

left join accounts
    on
        enrollments.workspace_id = accounts.workspace_id
        and enrollments.account_id = accounts.account_id

left join prospects
    on
        enrollments.workspace_id = prospects.workspace_id
        and enrollments.prospect_id = prospects.prospect_id

left join steps
    on
        enrollments.workspace_id = steps.workspace_id
        and enrollments.current_step_id = steps.step_id

left join live_jobs
    on
        enrollments.workspace_id = live_jobs.workspace_id
        and enrollments.enrollment_id = live_jobs.enrollment_id
