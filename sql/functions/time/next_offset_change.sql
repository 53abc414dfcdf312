-- The first moment in (after, until] at which a zone's offset from UTC differs from
-- the one at after, or null. All moments are UTC without a zone, so that a day has 24
-- hours in every session. Compares both ends of pieces of 24 hours: no zone has ever
-- changed twice within six days. Offsets change at whole seconds only.
create or replace function outreach.next_offset_change(
    timezone text,
    after timestamp,
    until timestamp
)
returns timestamp
language plpgsql
immutable
strict
set search_path = pg_catalog, pg_temp
as $$
declare
    -- Pieces begin at a whole second with the same offset as after.
    unchanged timestamp := date_trunc('second', after);
    piece_end timestamp;
    middle timestamp;
    seconds integer;
    utc_offset constant interval
    := (unchanged at time zone 'UTC') at time zone timezone - unchanged;
begin
    while unchanged < until loop
        piece_end := least(unchanged + interval '24 hours', until);

        if (piece_end at time zone 'UTC') at time zone timezone - piece_end
            <> utc_offset
        then
            -- The change is in (unchanged, unchanged + seconds].
            seconds := ceil(extract(epoch from piece_end - unchanged));

            while seconds > 1 loop
                middle := unchanged + make_interval(secs => seconds / 2);

                if (middle at time zone 'UTC') at time zone timezone - middle
                    = utc_offset
                then
                    unchanged := middle;
                    seconds := seconds - seconds / 2;
                else
                    seconds := seconds / 2;
                end if;
            end loop;

            return unchanged + interval '1 second';
        end if;

        unchanged := piece_end;
    end loop;

    return null;
end
$$;
