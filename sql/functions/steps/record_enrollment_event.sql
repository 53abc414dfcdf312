-- Appends one event to an enrollment and, if to_status differs, flips its
-- linkedin_status in the same statement block. Returns the event's id.
create or replace function outreach.record_enrollment_event(
    workspace_id bigint,
    enrollment_id bigint,
    event_type text,
    actor text,
    occurred_at timestamptz,
    to_status text default null,
    details jsonb default '{}',
    attempt_id bigint default null,
    action text default null,
    counted_on date default null,
    step_id bigint default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    enrollment outreach.campaign_prospects;
    flip_seq bigint;
    event_id bigint;
begin
    select enrollments.*
    into enrollment
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = record_enrollment_event.workspace_id
        and enrollments.enrollment_id = record_enrollment_event.enrollment_id
    for no key update;

    if not found then
        raise exception 'workspace % has no enrollment %',
            record_enrollment_event.workspace_id,
            record_enrollment_event.enrollment_id
            using
                errcode = 'no_data_found',
                hint = 'Search for it in outreach.campaign_prospects.';
    end if;

    if record_enrollment_event.to_status <> enrollment.linkedin_status then
        update outreach.campaign_prospects as enrollments
        set linkedin_status = record_enrollment_event.to_status
        where
            enrollments.workspace_id = enrollment.workspace_id
            and enrollments.enrollment_id = enrollment.enrollment_id
        returning enrollments.status_seq into flip_seq;
    end if;

    insert into outreach.campaign_events (
        workspace_id, enrollment_id, campaign_id, step_id, prospect_id, account_id,
        event_type, occurred_at, attempt_id, action, counted_on,
        status_seq, from_status, to_status, actor, details
    )
    values (
        enrollment.workspace_id, enrollment.enrollment_id, enrollment.campaign_id,
        coalesce(record_enrollment_event.step_id, enrollment.current_step_id),
        enrollment.prospect_id, enrollment.account_id,
        record_enrollment_event.event_type, record_enrollment_event.occurred_at,
        record_enrollment_event.attempt_id, record_enrollment_event.action,
        record_enrollment_event.counted_on,
        flip_seq,
        case when flip_seq is not null then enrollment.linkedin_status end,
        case when flip_seq is not null then record_enrollment_event.to_status end,
        record_enrollment_event.actor, record_enrollment_event.details
    )
    returning campaign_events.event_id into event_id;

    return event_id;
end
$$;
