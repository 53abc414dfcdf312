-- The offset of each time zone from UTC at a moment, then each change of it until
-- another, by the rules of this server. Both moments are whole seconds.
create or replace function outreach.offset_changes(
    timezones text [],
    after timestamptz,
    until timestamptz
)
returns table (
    timezone text,
    changes_at timestamptz,
    utc_offset interval
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    zone text;
    moment timestamp;
begin
    foreach zone in array timezones loop
        moment := offset_changes.after at time zone 'UTC';

        while moment is not null loop
            timezone := zone;
            changes_at := moment at time zone 'UTC';
            utc_offset := (moment at time zone 'UTC') at time zone zone - moment;
            return next;

            moment := outreach.next_offset_change(
                zone, moment, offset_changes.until at time zone 'UTC'
            );
        end loop;
    end loop;
end
$$;
