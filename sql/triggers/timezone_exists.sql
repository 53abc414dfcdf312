-- The time zone of an account exists. Postgres itself would accept a text such as
-- Berlin5 as a POSIX zone, and CET as an offset without summer time.
create or replace function outreach.assert_timezone_exists()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    unknown_timezone text;
begin
    select named.timezone
    into unknown_timezone
    from (values (new.timezone), (new.next_timezone)) as named (timezone)
    where
        named.timezone is not null
        and not exists (
            select 1
            from outreach.timezones
            where timezones.timezone = named.timezone
        );

    if found then
        raise exception
            'LinkedIn account % (%) of workspace % cannot live in time zone "%": %',
            new.account_id, new.name, new.workspace_id, left(unknown_timezone, 100),
            case
                when outreach.city_of_timezone(unknown_timezone) is null
                    then 'it does not exist'
                else 'Postgres reads the name as an offset without summer time'
            end
            using
                errcode = 'check_violation',
                hint = outreach.timezone_hint(unknown_timezone);
    end if;

    return new;
end
$$;

create or replace trigger timezone_exists
before insert or update of timezone, next_timezone on outreach.linkedin_accounts
for each row
execute function outreach.assert_timezone_exists();
