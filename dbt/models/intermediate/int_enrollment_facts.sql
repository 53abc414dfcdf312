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

provider_accounts as (

    select * from {{ ref('stg_provider_accounts') }}

),

prospects as (

    select * from {{ ref('stg_prospects') }}

),

live_jobs as (

    select *
    from {{ ref('stg_campaign_send_jobs') }}
    where outreach.is_live_job(status)

),

cooldowns as (

    select *
    from {{ ref('stg_prospect_cooldowns') }}
    where cooled_until > {{ var('as_of') }}

),

sending_accounts as (

    select
        workspace_id,
        account_id

    from live_jobs

    where status in ('claimed', 'sending')

    group by
        workspace_id,
        account_id

)

select
    enrollments.workspace_id,
    enrollments.enrollment_id,
    enrollments.account_id,
    campaigns.campaign_name,
    campaigns.status as campaign_status,
    accounts.account_name,
    accounts.status as account_status,
    live_jobs.job_id,
    live_jobs.status as job_status,
    live_jobs.run_at,
    cooldowns.cooled_until,
    prospects.public_identifier,
    concat_ws(' ', prospects.first_name, prospects.last_name) as prospect_name,
    provider_accounts.account_id is not null as is_account_linked,
    accounts.paused_at is not null as is_account_paused,
    sending_accounts.account_id is not null as is_account_sending,
    prospects.do_not_contact_at is not null as is_do_not_contact,
    coalesce(live_jobs.action, steps.action) as step_action

from enrollments

inner join campaigns
    on
        enrollments.workspace_id = campaigns.workspace_id
        and enrollments.campaign_id = campaigns.campaign_id

inner join accounts
    on
        enrollments.workspace_id = accounts.workspace_id
        and enrollments.account_id = accounts.account_id

inner join prospects
    on
        enrollments.workspace_id = prospects.workspace_id
        and enrollments.prospect_id = prospects.prospect_id

left join steps
    on
        enrollments.workspace_id = steps.workspace_id
        and enrollments.current_step_id = steps.step_id

left join provider_accounts
    on
        enrollments.workspace_id = provider_accounts.workspace_id
        and enrollments.account_id = provider_accounts.account_id

left join live_jobs
    on
        enrollments.workspace_id = live_jobs.workspace_id
        and enrollments.enrollment_id = live_jobs.enrollment_id

left join cooldowns
    on
        live_jobs.workspace_id = cooldowns.workspace_id
        and live_jobs.account_id = cooldowns.account_id
        and live_jobs.action = cooldowns.action
        and enrollments.prospect_id = cooldowns.prospect_id

left join sending_accounts
    on
        enrollments.workspace_id = sending_accounts.workspace_id
        and enrollments.account_id = sending_accounts.account_id
