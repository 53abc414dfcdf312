-- A status flip must leave an audit row in the same transaction (LL#276).
-- Checked at commit, so the audit row may come before or after the flip. The check
-- compares data and not transaction ids, because the xmin of a row from a savepoint is
-- not its transaction's. Sequential scans are off, because a plan that was cached for a
-- tiny audit table would scan it for each of 100,000 flips, inside COMMIT.
create or replace function outreach.assert_account_status_is_audited()
returns trigger
language plpgsql
security definer -- the check must see the audit rows for every role
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
    perform
    from outreach.linkedin_account_status_audit as audit
    where
        audit.workspace_id = new.workspace_id
        and audit.account_id = new.account_id
        and audit.status_seq = new.status_seq
        and audit.from_status = old.status
        and audit.to_status = new.status;

    if not found then
        raise exception
            'LinkedIn account % (%) of workspace % went from % to % without an audit row',
            new.account_id, new.name, new.workspace_id, old.status, new.status
            using
                errcode = 'check_violation',
                hint = 'Call outreach.flip_linkedin_account_status() instead of '
                || 'updating the status.';
    end if;

    return null;
end
$$;

drop trigger if exists account_status_is_audited on outreach.linkedin_accounts;

create constraint trigger account_status_is_audited
after update on outreach.linkedin_accounts
deferrable initially deferred
for each row
when (old.status <> new.status)
execute function outreach.assert_account_status_is_audited();
