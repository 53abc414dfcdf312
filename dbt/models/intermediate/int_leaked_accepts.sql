{{ config(
    materialized='kept_table',
    unique_key=['workspace_id', 'enrollment_id'],
    meta={'of_enrollments': true},
    contract={'enforced': true},
    indexes=[{'columns': ['refreshed_at']}],
) }}

{# The macros and the function read these models. #}
-- depends_on: {{ ref('stg_campaign_events') }}
-- depends_on: {{ ref('stg_campaign_prospects') }}
-- depends_on: {{ ref('stg_linkedin_events') }}
-- depends_on: {{ ref('stg_send_attempt_outcomes') }}
-- depends_on: {{ ref('stg_send_attempts') }}

with

workspaces as (

    select * from {{ ref('stg_workspaces') }}

)

select
    workspaces.workspace_id,
    leaked.enrollment_id,
    leaked.campaign_id,
    leaked.account_id,
    leaked.why,
    leaked.obstacle,
    {{ var('as_of') }} as refreshed_at

from {{ changed_enrollment_ids('workspaces') }}

cross join
    lateral outreach.leaked_accepts(
        workspaces.workspace_id, workspaces.enrollment_ids
    ) as leaked
