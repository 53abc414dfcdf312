-- Applies an accept to its enrollment: the first report continues the sequence, a later
-- one only makes the time more exact.
create or replace function outreach.credit_accept(
    workspace_id bigint,
    enrollment_id bigint,
    accepted_at timestamptz,
    actor text,
    details jsonb,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    enrollment constant outreach.campaign_prospects := outreach.lock_enrollment(
        workspace_id, enrollment_id
    );
begin
    if enrollment.linkedin_accepted_at is null then
        perform outreach.accept_enrollment(
            enrollment.workspace_id, enrollment.enrollment_id,
            credit_accept.accepted_at, actor, details, at
        );

        return;
    end if;

    update outreach.campaign_prospects as enrollments
    set linkedin_accepted_at = credit_accept.accepted_at
    where
        enrollments.workspace_id = enrollment.workspace_id
        and enrollments.enrollment_id = enrollment.enrollment_id
        and enrollments.linkedin_accepted_at <> credit_accept.accepted_at;

    if exists (
        select 1
        from outreach.enrollment_accepts as accepts
        where
            accepts.workspace_id = enrollment.workspace_id
            and accepts.enrollment_id = enrollment.enrollment_id
            and not accepts.is_event_standing
    ) then
        perform outreach.record_enrollment_event(
            enrollment.workspace_id, enrollment.enrollment_id, 'invite_accepted',
            actor, credit_accept.accepted_at,
            details => details
        );
    end if;
end
$$;
