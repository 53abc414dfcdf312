-- An audit row must have its flip: its status_seq is at most the account's. Each flip
-- requires its own audit row, and audit rows are unique and append-only, so such a row
-- belongs to a flip that happened.
create or replace function outreach.assert_audit_row_finds_its_flip()
returns trigger
language plpgsql
security definer -- the check must see the account for every role
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
    perform
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = new.workspace_id
        and accounts.account_id = new.account_id
        and (
            accounts.status_seq > new.status_seq
            or (
                accounts.status_seq = new.status_seq
                and accounts.status = new.to_status
            )
        );

    if not found then
        raise exception
            'the audit row % of LinkedIn account % of workspace % (from % to %) has no flip',
            new.status_seq, new.account_id, new.workspace_id,
            coalesce(new.from_status, 'nothing'), new.to_status
            using
                errcode = 'check_violation',
                hint = 'Call outreach.flip_linkedin_account_status(): it writes the '
                || 'flip and its audit row together.';
    end if;

    return null;
end
$$;

drop trigger if exists account_status_audit_finds_its_flip
on outreach.linkedin_account_status_audit;

create constraint trigger account_status_audit_finds_its_flip
after insert on outreach.linkedin_account_status_audit
deferrable initially deferred
for each row
execute function outreach.assert_audit_row_finds_its_flip();
