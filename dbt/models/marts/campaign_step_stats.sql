{{ config(materialized='table') }}

with

campaigns as (

    select * from {{ ref('stg_campaigns') }}

),

steps as (

    select * from {{ ref('stg_campaign_steps') }}

),

happenings as (

    select * from {{ ref('int_counted_happenings') }}

)

select
    happenings.workspace_id,
    happenings.campaign_id,
    campaigns.campaign_name,
    happenings.step_id,
    steps.step_position,
    steps.action as step_action,
    happenings.variant,
    coalesce(
        sum(happenings.happening_count) filter (
            where happenings.happening = 'sent'
        ),
        0
    ) as sent_count,
    coalesce(
        sum(happenings.happening_count) filter (
            where happenings.happening = 'accepted'
        ),
        0
    ) as accepted_count,
    coalesce(
        sum(happenings.happening_count) filter (
            where happenings.happening = 'replied'
        ),
        0
    ) as replied_count,
    coalesce(
        sum(happenings.happening_count) filter (
            where happenings.happening = 'failed'
        ),
        0
    ) as failed_count,
    coalesce(
        sum(happenings.happening_count) filter (
            where happenings.happening = 'parked'
        ),
        0
    ) as parked_count,
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
