{{ config(materialized='table') }}

{# The mart judges each active enrollment at each look, so its checks share one. The
   enrollments are read in the same statement: one that came later is not looked for. #}
with

enrollments as (

    select *
    from {{ ref('stg_campaign_prospects') }}
    where
        outreach.is_under_way(linkedin_status)

),

blockers as (

    select * from {{ ref('enrollment_blockers') }}

)

select
    blockers.blocker,
    blockers.explanation,
    coalesce(blockers.workspace_id, enrollments.workspace_id) as workspace_id,
    coalesce(blockers.enrollment_id, enrollments.enrollment_id) as enrollment_id,
    blockers.enrollment_id is not null as is_in_mart,
    enrollments.enrollment_id is not null as is_active

from blockers

full outer join enrollments
    on
        blockers.workspace_id = enrollments.workspace_id
        and blockers.enrollment_id = enrollments.enrollment_id
