-- One window of the list for outreach.set_sending_windows() as a row. Raises a sentence
-- about an unreadable field. ordinal is its place in the list, from 1.
create or replace function outreach.read_sending_window(
    workspace_id bigint,
    account_id bigint,
    element jsonb,
    ordinal bigint
)
returns outreach.linkedin_account_sending_windows
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    field text;
begin
    if jsonb_typeof(element) is distinct from 'object' then
        raise exception 'window % of the list is not an object: %', ordinal, element
            using
                errcode = 'invalid_parameter_value',
                hint = 'Write {"weekday": 1, "opens": "09:00", "closes": "17:00"}.';
    end if;

    if coalesce(element ->> 'weekday', '') !~ '^[1-7]$' then
        raise exception 'window % of the list has an unreadable weekday: %', ordinal,
            coalesce((element -> 'weekday')::text, 'none is given')
            using
                errcode = 'invalid_parameter_value',
                hint = 'A weekday is a number from 1, Monday, to 7, Sunday.';
    end if;

    foreach field in array array['opens', 'closes'] loop
        if coalesce(element ->> field, '')
            !~ '^(([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?|24:00(:00)?)$'
        then
            raise exception
                'window % of the list, on weekday %, % at an unreadable time: %',
                ordinal, element ->> 'weekday', field,
                coalesce((element -> field)::text, 'none is given')
                using
                    errcode = 'invalid_parameter_value',
                    hint = 'Write times as "09:00", the end of a day as "24:00".';
        end if;
    end loop;

    return row(
        workspace_id, account_id, (element ->> 'weekday')::smallint,
        (element ->> 'opens')::time, (element ->> 'closes')::time
    )::outreach.linkedin_account_sending_windows;
end
$$;
