-- A worker does not date its own attempts: they begin now. The owner replays other
-- moments, and appends attempts that were made before a restore.
create or replace function outreach.refuse_misdated_attempt()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if pg_has_role(
        (
            select pg_class.relowner
            from pg_catalog.pg_class
            where pg_class.oid = 'outreach.send_attempts'::regclass
        ),
        'usage'
    ) then
        return new;
    end if;

    raise exception 'an attempt that begins now cannot be dated %', new.begun_at
        using
            errcode = 'check_violation',
            hint = 'Leave as_of out: the database sets the time.';
end
$$;

create or replace trigger attempts_begin_now
before insert on outreach.send_attempts
for each row
when (abs(extract(epoch from new.begun_at - clock_timestamp())) > 300)
execute function outreach.refuse_misdated_attempt();
