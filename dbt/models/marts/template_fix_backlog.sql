with

parked as (

    select * from {{ ref('int_parked_enrollments') }}

),

workspaces as (

    select * from {{ ref('stg_workspaces') }}

),

campaigns as (

    select * from {{ ref('stg_campaigns') }}

),

steps as (

    select * from {{ ref('stg_campaign_steps') }}

)

select
    parked.workspace_id,
    workspaces.workspace_name,
    parked.campaign_id,
    campaigns.campaign_name,
    parked.step_id,
    steps.action,
    steps.step_position + 1 as step_number,
    count(*) as parked_count,
    count(*) filter (where parked.is_parked_alone) as parked_alone_count,
    count(*) filter (
        where parked.has_valid_templates and not parked.is_parked_alone
    ) as rearmable_count,
    mode() within group (order by parked.error_message) as error_message,
    count(distinct parked.error_message) as error_count,
    min(parked.parked_at) as parked_since,
    bool_and(parked.has_valid_templates) as has_valid_templates

from parked

inner join workspaces on parked.workspace_id = workspaces.workspace_id

inner join campaigns
    on
        parked.workspace_id = campaigns.workspace_id
        and parked.campaign_id = campaigns.campaign_id

inner join steps
    on
        parked.workspace_id = steps.workspace_id
        and parked.step_id = steps.step_id

group by
    parked.workspace_id,
    workspaces.workspace_name,
    parked.campaign_id,
    campaigns.campaign_name,
    parked.step_id,
    steps.step_position,
    steps.action
