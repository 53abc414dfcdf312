-- For each account, the sending window that contains a moment, and its time zone: the
-- moment's local weekday and time are in [opens, closes). No row for an account outside
-- all its windows. Every send attempt stores its row.
create or replace function outreach.sending_windows_at(
    workspace_id bigint,
    account_ids bigint [],
    at timestamptz
)
returns table (
    account_id bigint,
    timezone text,
    weekday smallint,
    opens time,
    closes time
)
language plpgsql
stable
rows 1000 -- one per account, so that the planner joins by ids and does not loop
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        clocks.account_id,
        clocks.timezone,
        windows.weekday,
        windows.opens,
        windows.closes
    from (
        select
            accounts.account_id,
            outreach.account_timezone(
                accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
                sending_windows_at.at
            ) as timezone
        from outreach.linkedin_accounts as accounts
        where
            accounts.workspace_id = sending_windows_at.workspace_id
            and accounts.account_id = any(sending_windows_at.account_ids)
        offset 0 -- keeps time zones of other accounts from being read
    ) as clocks
    cross join lateral (
        select
            windows.weekday,
            windows.opens,
            windows.closes
        from outreach.linkedin_account_sending_windows as windows
        where
            windows.workspace_id = sending_windows_at.workspace_id
            and windows.account_id = clocks.account_id
            and outreach.is_inside_window(
                sending_windows_at.at at time zone clocks.timezone,
                windows.weekday, windows.opens, windows.closes
            )
        -- Windows never overlap, except rows that were loaded without triggers.
        order by windows.opens
        limit 1
    ) as windows;
end
$$;
