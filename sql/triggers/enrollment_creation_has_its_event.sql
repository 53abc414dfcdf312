-- A new enrollment's first status is its event 0, the start of its history.
create or replace function outreach.record_enrollment_creation()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.status_seq <> 0 then
        raise exception 'a new enrollment has no flips yet, but its status_seq is %',
            new.status_seq
            using
                errcode = 'check_violation',
                hint = 'Leave status_seq out: the database counts the flips.';
    end if;

    insert into outreach.campaign_events (
        workspace_id, enrollment_id, campaign_id, step_id, prospect_id, account_id,
        event_type, occurred_at, status_seq, to_status, actor
    )
    values (
        new.workspace_id, new.enrollment_id, new.campaign_id, new.current_step_id,
        new.prospect_id, new.account_id,
        'enrolled', new.created_at, 0, new.linkedin_status,
        coalesce(new.enrolled_by, session_user)
    );

    return null;
end
$$;

create or replace trigger enrollment_creation_has_its_event
after insert on outreach.campaign_prospects
for each row
execute function outreach.record_enrollment_creation();
