-- The sending window of an account that contains a moment, and its time zone: the
-- moment's local weekday and time are in [opens, closes). Nulls for an account outside
-- all its windows. Every send attempt stores its row.
create or replace function outreach.sending_window_at(
    workspace_id bigint,
    account_id bigint,
    at timestamptz,
    out timezone text,
    out weekday smallint,
    out opens time,
    out closes time
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    select
        clocks.timezone,
        windows.weekday,
        windows.opens,
        windows.closes
    into timezone, weekday, opens, closes
    from (
        select
            outreach.account_timezone(
                accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
                sending_window_at.at
            ) as timezone
        from outreach.linkedin_accounts as accounts
        where
            accounts.workspace_id = sending_window_at.workspace_id
            and accounts.account_id = sending_window_at.account_id
        offset 0 -- no other account's time zone is read
    ) as clocks
    inner join outreach.linkedin_account_sending_windows as windows
        on
            windows.workspace_id = sending_window_at.workspace_id
            and windows.account_id = sending_window_at.account_id
            and outreach.is_inside_window(
                sending_window_at.at at time zone clocks.timezone,
                windows.weekday, windows.opens, windows.closes
            )
    -- Windows never overlap; rows that were loaded past the triggers might.
    order by windows.opens
    limit 1;
end
$$;
