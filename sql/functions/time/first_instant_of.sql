-- The first instant at or after a moment that is on a calendar day of a zone, or on a
-- later one. It is not always 00:00: at midnight a clock can move forward, skip a whole
-- day, or move back into the day before.
create or replace function outreach.first_instant_of(
    local_date date,
    timezone text,
    at timestamptz
)
returns timestamptz
language plpgsql
immutable
strict
set search_path = pg_catalog, pg_temp
as $$
declare
    -- UTC without a zone, independent of the session's zone.
    here timestamp := at at time zone 'UTC';
    wall_clock timestamp := at at time zone timezone;
    midnight timestamp;
    offset_change timestamp;
begin
    while wall_clock < local_date loop
        -- Correct if the offset is constant until then.
        midnight := here + (local_date - wall_clock);
        offset_change := outreach.next_offset_change(timezone, here, midnight);

        here := coalesce(offset_change, midnight);
        wall_clock := (here at time zone 'UTC') at time zone timezone;
    end loop;

    return here at time zone 'UTC';
end
$$;
