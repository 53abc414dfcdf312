-- status_seq counts an enrollment's flips. Only this trigger writes it.
create or replace function outreach.count_enrollment_status_flip()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.status_seq <> old.status_seq then
        raise exception 'status_seq of enrollment % was set by a statement',
            old.enrollment_id
            using
                errcode = 'check_violation',
                hint = 'Leave status_seq out: the database counts the flips.';
    end if;

    if new.linkedin_status <> old.linkedin_status then
        new.status_seq := old.status_seq + 1;
    end if;

    return new;
end
$$;

create or replace trigger enrollment_status_seq_counts_flips
before update on outreach.campaign_prospects
for each row
when (
    old.linkedin_status <> new.linkedin_status or old.status_seq <> new.status_seq
)
execute function outreach.count_enrollment_status_flip();
