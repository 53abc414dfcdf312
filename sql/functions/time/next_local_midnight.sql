-- The first instant after a moment that is on a later calendar day of a zone. It is not
-- always 00:00: at midnight a clock can move forward, skip a whole day, or move back
-- into the day before.
create or replace function outreach.next_local_midnight(timezone text, at timestamptz)
returns timestamptz
language plpgsql
immutable
strict
set search_path = pg_catalog, pg_temp
as $$
declare
    today constant date := at at time zone timezone;
    -- UTC without a zone, independent of the session's zone.
    here timestamp := at at time zone 'UTC';
    wall_clock timestamp := at at time zone timezone;
    midnight timestamp;
    offset_change timestamp;
begin
    while wall_clock < today + 1 loop
        -- Correct if the offset is constant until then.
        midnight := here + (today + 1 - wall_clock);
        offset_change := outreach.next_offset_change(timezone, here, midnight);

        here := coalesce(offset_change, midnight);
        wall_clock := (here at time zone 'UTC') at time zone timezone;
    end loop;

    return here at time zone 'UTC';
end
$$;
