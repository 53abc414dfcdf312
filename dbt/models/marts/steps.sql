{{ config(
    materialized='kept_table',
    unique_key=['workspace_id', 'step_id'],
    indexes=[
        {'columns': ['refreshed_at']},
        {'columns': ['workspace_id', 'campaign_id']},
    ],
) }}

with

steps as (

    select * from {{ ref('stg_campaign_steps') }}

),

{# A step is kept with the campaign that it refers to. #}
campaigns as (

    select * from {{ ref('campaigns') }}

)

select
    steps.workspace_id,
    steps.step_id,
    steps.campaign_id,
    campaigns.campaign_name,
    steps.action as step_action,
    steps.delay_after_previous,
    steps.step_position < 0 as is_removed,
    case when steps.step_position >= 0 then steps.step_position + 1 end as step_number,
    {{ var('as_of') }} as refreshed_at

from steps

inner join campaigns
    on
        steps.workspace_id = campaigns.workspace_id
        and steps.campaign_id = campaigns.campaign_id
