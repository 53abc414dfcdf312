-- The sending windows of an account as outreach.sending_windows_of_text() reads them,
-- such as "mon-fri 09:00-12:00, 13:00-17:00, sat 10:00-12:00". Null without a window.
create or replace function outreach.sending_windows_text(
    workspace_id bigint,
    account_id bigint
)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return (
        with

        days as (

            select
                windows.weekday,
                string_agg(
                    regexp_replace(windows.opens::text, ':00$', '')
                    || '-' || regexp_replace(windows.closes::text, ':00$', ''),
                    ', ' order by windows.opens
                ) as hours
            from outreach.linkedin_account_sending_windows as windows
            where
                windows.workspace_id = sending_windows_text.workspace_id
                and windows.account_id = sending_windows_text.account_id
            group by windows.weekday

        ),

        runs as (

            select
                days.weekday,
                days.hours,
                days.weekday - row_number() over (
                    partition by days.hours order by days.weekday
                ) as run
            from days

        ),

        spans as (

            select
                min(runs.weekday) as first_day,
                max(runs.weekday) as last_day,
                runs.hours
            from runs
            group by
                runs.hours,
                runs.run

        )

        select
            string_agg(
                concat_ws(
                    '-',
                    names.names[spans.first_day],
                    case
                        when spans.last_day > spans.first_day
                            then names.names[spans.last_day]
                    end
                ) || ' ' || spans.hours,
                ', ' order by spans.first_day
            )
        from spans
        cross join (
            values (array['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])
        ) as names (names)
    );
end
$$;
