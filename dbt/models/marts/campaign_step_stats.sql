{{ config(materialized='table') }}

with

campaigns as (

    select * from {{ ref('stg_campaigns') }}

),

steps as (

    select * from {{ ref('stg_campaign_steps') }}

),

happenings as (

    select * from {{ ref('int_step_happenings') }}

)

select
    happenings.workspace_id,
    happenings.campaign_id,
    campaigns.campaign_name,
    happenings.step_id,
    steps.step_position,
    steps.action as step_action,
    happenings.variant,
    count(*) filter (where happenings.happening = 'sent') as sent_count,
    count(distinct happenings.enrollment_id) filter (
        where happenings.happening = 'accepted'
    ) as accepted_count,
    count(*) filter (where happenings.happening = 'replied') as replied_count,
    count(*) filter (where happenings.happening = 'failed') as failed_count,
    count(*) filter (where happenings.happening = 'parked') as parked_count,
    {{ var('as_of') }} as refreshed_at

from happenings

inner join campaigns
    on
        happenings.workspace_id = campaigns.workspace_id
        and happenings.campaign_id = campaigns.campaign_id

inner join steps
    on
        happenings.workspace_id = steps.workspace_id
        and happenings.step_id = steps.step_id

group by
    happenings.workspace_id,
    happenings.campaign_id,
    campaigns.campaign_name,
    happenings.step_id,
    steps.step_position,
    steps.action,
    happenings.variant
