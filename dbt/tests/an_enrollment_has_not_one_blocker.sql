-- Fails for each active enrollment that is not in enrollment_blockers exactly once, so
-- that the reason for its wait is not shown. What to do: find the missing case, and add
-- it to the model.
-- A warning: sends do not depend on it.
{{ config(severity='warn') }}

{# The look holds the mart and the active enrollments of one moment, so that nobody who
   came since is missed. #}
select
    workspace_id,
    enrollment_id,
    count(blocker) as blocker_count,
    'Enrollment ' || enrollment_id as subject,
    'Enrollment ' || enrollment_id || ' has ' || count(blocker) || ' blockers'
    || case when bool_and(is_active) then '.' else ', and is not active.' end
        as message

from {{ ref('int_checked_blockers') }}

group by
    workspace_id,
    enrollment_id

having
    count(blocker) <> 1
    or not bool_and(is_active)
