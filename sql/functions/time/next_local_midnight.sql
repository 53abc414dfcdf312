-- The first instant after a moment that is on a later calendar day of a zone.
create or replace function outreach.next_local_midnight(timezone text, at timestamptz)
returns timestamptz
language plpgsql
immutable
strict
set search_path = pg_catalog, pg_temp
as $$
begin
    return outreach.first_instant_of(
        (at at time zone timezone)::date + 1, timezone, at
    );
end
$$;
