-- A new account's first status is audit row 0, the start of its history.
create or replace function outreach.audit_account_creation()
returns trigger
language plpgsql
security definer -- no role but the owner may write audit rows
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into outreach.linkedin_account_status_audit (
        workspace_id, account_id, status_seq, from_status, to_status,
        reason, actor, flipped_at
    )
    values (
        new.workspace_id, new.account_id, 0, null, new.status,
        'account created', coalesce(new.created_by, session_user), new.created_at
    );

    return null;
end
$$;

create or replace trigger account_creation_is_audited
after insert on outreach.linkedin_accounts
for each row
execute function outreach.audit_account_creation();

-- A new account counts its flips from 0.
create or replace function outreach.start_account_status_seq()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.status_seq <> 0 then
        raise exception 'a new LinkedIn account has no flips yet, but its status_seq is %',
            new.status_seq
            using
                errcode = 'check_violation',
                hint = 'Leave status_seq out: the database counts the flips.';
    end if;

    return new;
end
$$;

create or replace trigger account_status_seq_starts_at_0
before insert on outreach.linkedin_accounts
for each row
execute function outreach.start_account_status_seq();
