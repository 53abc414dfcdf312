-- The list for outreach.set_sending_windows() that a text such as
-- "mon-fri 09:00-12:00, 13:00-17:30, sat 10:00-12:00" means. Hours without a day belong
-- to the days before them, and days without hours get the next ones. Raises a sentence
-- about an unreadable part.
create or replace function outreach.sending_windows_of_text(written text)
returns jsonb
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    names constant text [] := array[
        'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'
    ];
    part text;
    matched text [];
    first_day integer;
    last_day integer;
    days integer [] := '{}';
    have_hours boolean := false;
    windows jsonb := '[]';
begin
    foreach part in array regexp_split_to_array(
        regexp_replace(
            lower(
                -- An en dash and an em dash.
                translate(coalesce(written, ''), chr(8211) || chr(8212), '--')
            ), '\s*-\s*', '-', 'g'
        ),
        '[,;]'
    ) loop
        matched := regexp_match(
            trim(part), '^(?:([[:alpha:]]{2,})(?:-([[:alpha:]]{2,}))?)?\s*(\d[\d:]*-\d[\d:]*)?$'
        );
        first_day := case when matched[1] = 'daily' and matched[2] is null then 1 else (
            select named.day
            from unnest(names) with ordinality as named (name, day)
            where starts_with(named.name, matched[1])
        ) end;
        last_day := case when matched[1] = 'daily' then 7 else coalesce(
            (
                select named.day
                from unnest(names) with ordinality as named (name, day)
                where starts_with(named.name, matched[2])
            ),
            case when matched[2] is null then first_day end
        ) end;

        if num_nonnulls(matched[1], matched[3]) = 0
            or (matched[1] is not null and num_nulls(first_day, last_day) > 0)
            or (matched[1] is null and days = '{}')
        then
            raise exception '"%" is no sending window', trim(part)
                using
                    errcode = 'invalid_parameter_value',
                    hint = 'Write days and hours, such as "mon-fri 09:00-17:30" or '
                    || '"mon-thu 09:00-12:00, 13:00-17:00, fri 09:00-13:00".';
        end if;

        if matched[1] is not null then
            days := case when have_hours then '{}' else days end || array(
                select (first_day + step - 1) % 7 + 1
                from generate_series(0, (last_day - first_day + 7) % 7) as steps (step)
            );
            have_hours := false;
        end if;

        if matched[3] is not null then
            have_hours := true;
            windows := windows || (
                select
                    jsonb_agg(
                        jsonb_build_object(
                            'weekday', chosen.day,
                            'opens', hours.opens,
                            'closes', hours.closes
                        )
                        order by chosen.day
                    )
                from unnest(days) as chosen (day)
                cross join (
                    select
                        regexp_replace(split_part(matched[3], '-', 1), '^\d+$', '\&:00'),
                        regexp_replace(split_part(matched[3], '-', 2), '^\d+$', '\&:00')
                ) as hours (opens, closes)
            );
        end if;
    end loop;

    if not have_hours then
        raise exception '"%" has days without hours', trim(written)
            using
                errcode = 'invalid_parameter_value',
                hint = 'Write the hours after the days, such as "mon-fri 09:00-17:30".';
    end if;

    return windows;
end
$$;
