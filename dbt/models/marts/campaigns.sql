{{ config(
    materialized='kept_table',
    unique_key=['workspace_id', 'campaign_id'],
    indexes=[{'columns': ['refreshed_at']}],
) }}

with

campaigns as (

    select * from {{ ref('stg_campaigns') }}

),

workspaces as (

    select * from {{ ref('stg_workspaces') }}

),

steps as (

    select
        workspace_id,
        campaign_id,
        count(*) as step_count

    from {{ ref('stg_campaign_steps') }}

    {# A removed step keeps its row, with a position below 0. #}
    where step_position >= 0

    group by
        workspace_id,
        campaign_id

)

select
    campaigns.workspace_id,
    campaigns.campaign_id,
    workspaces.workspace_name,
    campaigns.campaign_name,
    campaigns.status as campaign_status,
    coalesce(steps.step_count, 0) as step_count,
    campaigns.created_at,
    {{ var('as_of') }} as refreshed_at

from campaigns

inner join workspaces on campaigns.workspace_id = workspaces.workspace_id

left join steps
    on
        campaigns.workspace_id = steps.workspace_id
        and campaigns.campaign_id = steps.campaign_id
