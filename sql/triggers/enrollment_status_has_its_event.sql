-- A flip of linkedin_status must leave an event in the same transaction.
-- Checked at commit by comparing data, like the flips of accounts.
create or replace function outreach.assert_enrollment_status_has_its_event()
returns trigger
language plpgsql
security definer -- the check must see the events for every role
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
    perform
    from outreach.campaign_events as events
    where
        events.workspace_id = new.workspace_id
        and events.enrollment_id = new.enrollment_id
        and events.status_seq = new.status_seq
        and events.from_status = old.linkedin_status
        and events.to_status = new.linkedin_status;

    if not found then
        raise exception
            'enrollment % of workspace % went from % to % without an event',
            new.enrollment_id, new.workspace_id,
            old.linkedin_status, new.linkedin_status
            using
                errcode = 'check_violation',
                hint = 'Call outreach.record_enrollment_event() instead of updating '
                || 'linkedin_status.';
    end if;

    return null;
end
$$;

drop trigger if exists enrollment_status_has_its_event on outreach.campaign_prospects;

create constraint trigger enrollment_status_has_its_event
after update on outreach.campaign_prospects
deferrable initially deferred
for each row
when (old.linkedin_status <> new.linkedin_status)
execute function outreach.assert_enrollment_status_has_its_event();
