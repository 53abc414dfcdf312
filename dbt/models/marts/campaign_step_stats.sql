{{ config(materialized='table') }}

with

campaigns as (

    select * from {{ ref('stg_campaigns') }}

),

steps as (

    select * from {{ ref('stg_campaign_steps') }}

),

{# Summed by numbers alone, and named afterwards: there is a row per person and step. #}
sums as (

    select
        workspace_id,
        campaign_id,
        step_id,
        variant,
        coalesce(
            sum(result_count) filter (where result = 'sent'), 0
        ) as sent_count,
        coalesce(
            sum(result_count) filter (where result = 'accepted'), 0
        ) as accepted_count,
        coalesce(
            sum(result_count) filter (where result = 'replied'), 0
        ) as replied_count,
        coalesce(
            sum(result_count) filter (where result = 'failed'), 0
        ) as failed_count,
        coalesce(
            sum(result_count) filter (where result = 'parked'), 0
        ) as parked_count

    from {{ ref('int_counted_results') }}

    group by
        workspace_id,
        campaign_id,
        step_id,
        variant

)

select
    sums.workspace_id,
    sums.campaign_id,
    campaigns.campaign_name,
    sums.step_id,
    steps.step_position,
    steps.action as step_action,
    sums.variant,
    sums.sent_count,
    sums.accepted_count,
    sums.replied_count,
    sums.failed_count,
    sums.parked_count,
    {{ var('as_of') }} as refreshed_at

from sums

inner join campaigns
    on
        sums.workspace_id = campaigns.workspace_id
        and sums.campaign_id = campaigns.campaign_id

inner join steps
    on
        sums.workspace_id = steps.workspace_id
        and sums.step_id = steps.step_id
