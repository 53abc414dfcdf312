-- Fails for each active enrollment that is not in enrollment_blockers exactly once, so
-- that the reason for its wait is not shown. What to do: find the missing case, and add
-- it to the model.
-- A warning: sends do not depend on it.
{{ config(
    severity='warn',
    meta={'dagster': {'ref': {'name': 'enrollment_blockers'}}},
) }}

{# The mart itself, not a stored look at it, which lacks the enrollments that came
   since. #}
with

enrollments as (

    select *
    from {{ ref('stg_campaign_prospects') }}
    where
        linkedin_status in (
            'ready_to_invite', 'pending_accept', 'ready_to_message',
            'pending_template_fix'
        )

),

told as (

    select
        workspace_id,
        enrollment_id,
        count(blocker) as blocker_count

    from {{ ref('enrollment_blockers') }}

    group by
        workspace_id,
        enrollment_id

)

select
    told.blocker_count,
    coalesce(enrollments.workspace_id, told.workspace_id) as workspace_id,
    coalesce(enrollments.enrollment_id, told.enrollment_id) as enrollment_id,
    'Enrollment ' || coalesce(enrollments.enrollment_id, told.enrollment_id) as subject,
    'Enrollment ' || coalesce(enrollments.enrollment_id, told.enrollment_id) || ' has '
    || coalesce(told.blocker_count, 0) || ' blockers.' as message

from enrollments

full outer join told
    on
        enrollments.workspace_id = told.workspace_id
        and enrollments.enrollment_id = told.enrollment_id

where
    enrollments.enrollment_id is null
    or told.blocker_count is distinct from 1
