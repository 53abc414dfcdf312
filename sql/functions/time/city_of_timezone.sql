-- The zone to name instead of one that Postgres reads as a fixed offset though it has
-- summer time, such as CET; null for every other name.
create or replace function outreach.city_of_timezone(name text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select fixed.city
    from outreach.fixed_offset_timezones as fixed
    where fixed.timezone = $1
$$;
