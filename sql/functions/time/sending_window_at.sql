-- The sending window that contains a moment, with the time zone it is read in: the
-- moment's wall-clock weekday and time lie in [opens, closes). No row outside of all.
-- Every send attempt stores this row.
-- No search_path of its own, so that a query can take it in; every name is qualified.
create or replace function outreach.sending_window_at(
    workspace_id bigint,
    account_id bigint,
    at timestamptz
)
returns table (timezone text, weekday smallint, opens time, closes time)
language sql
stable
rows 1
as $$
    select
        clocks.timezone,
        windows.weekday,
        windows.opens,
        windows.closes
    from (
        select
            linkedin_accounts.timezone,
            linkedin_accounts.next_timezone,
            linkedin_accounts.next_timezone_at
        from outreach.linkedin_accounts
        where
            linkedin_accounts.workspace_id = $1
            and linkedin_accounts.account_id = $2
        offset 0 -- no other account's time zone is read
    ) as accounts
    cross join lateral (
        select
            outreach.account_timezone(
                accounts.timezone, accounts.next_timezone,
                accounts.next_timezone_at, $3
            ) as timezone
    ) as clocks
    cross join lateral (
        select
            extract(isodow from $3 at time zone clocks.timezone)::smallint as weekday,
            ($3 at time zone clocks.timezone)::time as time_of_day
        offset 0 -- worked out once, not for each window
    ) as walls
    cross join lateral (
        select
            windows.weekday,
            windows.opens,
            windows.closes
        from outreach.linkedin_account_sending_windows as windows
        where
            windows.workspace_id = $1
            and windows.account_id = $2
            and windows.weekday = walls.weekday
            and walls.time_of_day >= windows.opens
            and walls.time_of_day < windows.closes
        -- Windows never overlap; old data that entered past the triggers might.
        order by windows.opens
        limit 1
    ) as windows
$$;
