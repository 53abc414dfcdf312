-- Moves one enrollment to its next step, as outreach.advance_enrollments does. Returns
-- the step it stands on now.
create or replace function outreach.advance_enrollment(
    workspace_id bigint,
    enrollment_id bigint,
    actor text,
    at timestamptz,
    is_connected boolean default false
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    step_id bigint;
begin
    perform outreach.advance_enrollments(
        advance_enrollment.workspace_id, array[advance_enrollment.enrollment_id],
        advance_enrollment.actor, advance_enrollment.at,
        advance_enrollment.is_connected
    );

    select enrollments.current_step_id
    into strict step_id
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = advance_enrollment.workspace_id
        and enrollments.enrollment_id = advance_enrollment.enrollment_id;

    return step_id;
end
$$;
