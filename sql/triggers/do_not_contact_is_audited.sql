-- A do-not-contact mark, and its end, must leave an audit row in the same transaction.
-- Checked at commit: the newest audit row of the person says what the person is. The
-- changes of a person alternate, so one without a row of its own contradicts the newest.
-- Sequential scans are off: see account_status_is_audited.
create or replace function outreach.assert_do_not_contact_is_audited()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
    is_marked boolean;
    says_marked boolean;
begin
    select prospects.do_not_contact_at is not null
    into is_marked
    from outreach.prospects
    where
        prospects.workspace_id = new.workspace_id
        and prospects.prospect_id = new.prospect_id;

    select audit.is_marked
    into says_marked
    from outreach.do_not_contact_audit as audit
    where
        audit.workspace_id = new.workspace_id
        and audit.prospect_id = new.prospect_id
    order by audit.audit_id desc
    limit 1;

    if is_marked <> coalesce(says_marked, false) then
        raise exception
            'person % of workspace % % do-not-contact without an audit row',
            new.prospect_id, new.workspace_id,
            case when is_marked then 'was marked' else 'is no longer marked' end
            using
                errcode = 'check_violation',
                hint = 'Call outreach.mark_do_not_contact() or '
                || 'outreach.lift_do_not_contact() instead of updating the row.';
    end if;

    return null;
end
$$;

drop trigger if exists do_not_contact_is_audited on outreach.prospects;

create constraint trigger do_not_contact_is_audited
after update on outreach.prospects
deferrable initially deferred
for each row
when ((old.do_not_contact_at is null) <> (new.do_not_contact_at is null))
execute function outreach.assert_do_not_contact_is_audited();

drop trigger if exists a_new_persons_mark_is_audited on outreach.prospects;

create constraint trigger a_new_persons_mark_is_audited
after insert on outreach.prospects
deferrable initially deferred
for each row
when (new.do_not_contact_at is not null)
execute function outreach.assert_do_not_contact_is_audited();

drop trigger if exists a_marks_audit_finds_its_person on outreach.do_not_contact_audit;

create constraint trigger a_marks_audit_finds_its_person
after insert on outreach.do_not_contact_audit
deferrable initially deferred
for each row
execute function outreach.assert_do_not_contact_is_audited();
