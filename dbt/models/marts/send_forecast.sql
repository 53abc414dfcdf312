{{ config(
    materialized='table',
    indexes=[{'columns': ['expected_at']}],
) }}

with

workspaces as (

    select * from {{ ref('stg_workspaces') }}

),

enrollments as (

    select * from {{ ref('stg_campaign_prospects') }}

),

facts as (

    select * from {{ ref('int_enrollment_facts') }}

),

clocks as (

    select * from {{ ref('int_account_clocks') }}

),

vocabulary as (

    select
        blocker,
        explanation

    from outreach.blockers()

),

{# Without the fence, a plan may run the forecast again for each enrollment. #}
forecasts as materialized (

    select
        forecast.*,
        workspaces.workspace_id

    from workspaces

    cross join lateral outreach.send_forecast(
        workspaces.workspace_id, {{ var('as_of') }}
    ) as forecast

)

select
    forecasts.workspace_id,
    forecasts.enrollment_id,
    enrollments.campaign_id,
    facts.campaign_name,
    enrollments.prospect_id,
    facts.prospect_name,
    facts.public_identifier,
    forecasts.account_id,
    facts.account_name,
    forecasts.job_id,
    forecasts.step_id,
    forecasts.action,
    forecasts.outlook,
    forecasts.expected_at,
    forecasts.earliest_at,
    forecasts.latest_at,
    forecasts.blocker,
    vocabulary.explanation,
    forecasts.jobs_ahead_count,
    forecasts.contact_action,
    forecasts.contact_at,
    clocks.effective_timezone as account_timezone,
    forecasts.expected_at at time zone clocks.effective_timezone as expected_local_time,
    {{ var('as_of') }} as forecast_at

from forecasts

inner join enrollments
    on
        forecasts.workspace_id = enrollments.workspace_id
        and forecasts.enrollment_id = enrollments.enrollment_id

inner join facts
    on
        forecasts.workspace_id = facts.workspace_id
        and forecasts.enrollment_id = facts.enrollment_id

inner join clocks
    on
        forecasts.workspace_id = clocks.workspace_id
        and forecasts.account_id = clocks.account_id

left join vocabulary
    on forecasts.blocker = vocabulary.blocker
