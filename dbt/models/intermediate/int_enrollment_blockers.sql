with

workspaces as (

    select * from {{ ref('stg_workspaces') }}

)

select
    workspaces.workspace_id,
    blockers.enrollment_id,
    blockers.job_id,
    blockers.job_status,
    blockers.blocker,
    blockers.lifts_at,
    blockers.jobs_ahead_count,
    blockers.is_next

from workspaces

cross join lateral outreach.enrollment_blockers(
    workspaces.workspace_id, {{ var('as_of') }}
) as blockers
