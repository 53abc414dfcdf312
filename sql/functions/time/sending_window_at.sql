-- The sending window that contains a moment, with the time zone it is read in: the
-- moment's wall-clock weekday and time lie in [opens, closes). No row outside of all.
-- Every send attempt stores this row.
create or replace function outreach.sending_window_at(
    workspace_id bigint,
    account_id bigint,
    at timestamptz
)
returns table (timezone text, weekday smallint, opens time, closes time)
language plpgsql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    wall_clock timestamp;
begin
    select
        outreach.account_timezone(
            accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
            sending_window_at.at
        )
    into timezone
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = sending_window_at.workspace_id
        and accounts.account_id = sending_window_at.account_id;

    wall_clock := sending_window_at.at at time zone timezone;

    return query
    select
        timezone,
        windows.weekday,
        windows.opens,
        windows.closes
    from outreach.linkedin_account_sending_windows as windows
    where
        windows.workspace_id = sending_window_at.workspace_id
        and windows.account_id = sending_window_at.account_id
        and outreach.is_inside_window(
            wall_clock, windows.weekday, windows.opens, windows.closes
        )
    -- Windows never overlap; rows that were loaded past the triggers might.
    order by windows.opens
    limit 1;
end
$$;
