-- A read of a provider's list never changes, except that its items may be deleted when
-- it is old: see outreach.empty_old_reads().
create or replace function outreach.assert_read_is_only_emptied()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    emptied outreach.provider_reads := old;
begin
    emptied.items := '[]';
    emptied.items_emptied_at := new.items_emptied_at;

    if old.items_emptied_at is null
        and new.items_emptied_at is not null
        and new is not distinct from emptied
    then
        return new;
    end if;

    raise exception 'read % of workspace % is append-only: only its items may be emptied',
        old.read_id, old.workspace_id
        using
            errcode = 'check_violation',
            hint = 'Read the list again, or call outreach.empty_old_reads().';
end
$$;

create or replace trigger provider_reads_are_only_emptied
before update on outreach.provider_reads
for each row
execute function outreach.assert_read_is_only_emptied();
