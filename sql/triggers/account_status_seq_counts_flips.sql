-- status_seq counts an account's flips. Only this trigger writes it.
create or replace function outreach.count_account_status_flip()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.status_seq <> old.status_seq then
        raise exception 'status_seq of LinkedIn account % was set by a statement',
            old.account_id
            using
                errcode = 'check_violation',
                hint = 'Leave status_seq out: the database counts the flips.';
    end if;

    if new.status <> old.status then
        new.status_seq := old.status_seq + 1;
    end if;

    return new;
end
$$;

create or replace trigger account_status_seq_counts_flips
before update on outreach.linkedin_accounts
for each row
when (old.status <> new.status or old.status_seq <> new.status_seq)
execute function outreach.count_account_status_flip();
