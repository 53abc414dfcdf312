-- An event about a flip must have its flip: see account_status_audit_finds_its_flip.
create or replace function outreach.assert_event_finds_its_flip()
returns trigger
language plpgsql
security definer -- the check must see the enrollment for every role
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
    perform
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = new.workspace_id
        and enrollments.enrollment_id = new.enrollment_id
        and (
            enrollments.status_seq > new.status_seq
            or (
                enrollments.status_seq = new.status_seq
                and enrollments.linkedin_status = new.to_status
            )
        );

    if not found then
        raise exception
            'the event % of enrollment % of workspace % (from % to %) has no flip',
            new.event_type, new.enrollment_id, new.workspace_id,
            coalesce(new.from_status, 'nothing'), new.to_status
            using
                errcode = 'check_violation',
                hint = 'Call outreach.record_enrollment_event(): it writes the flip '
                || 'and its event together.';
    end if;

    return null;
end
$$;

drop trigger if exists enrollment_event_finds_its_flip on outreach.campaign_events;

create constraint trigger enrollment_event_finds_its_flip
after insert on outreach.campaign_events
deferrable initially deferred
for each row
when (new.status_seq is not null)
execute function outreach.assert_event_finds_its_flip();
