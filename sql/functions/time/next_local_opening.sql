-- The first wall-clock time from wall_clock on that is inside a sending window of
-- the account, on a clock that never changes: wall_clock itself when inside. Null
-- when the account has no window at all.
create or replace function outreach.next_local_opening(
    workspace_id bigint,
    account_id bigint,
    wall_clock timestamp
)
returns timestamp
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        min(
            case
                when $3 < monday + closes then greatest($3, monday + opens)
                else monday + opens + interval '7 days'
            end
        )
    from (
        select
            date_trunc('week', $3) as monday,
            make_interval(days => windows.weekday - 1)
            + (windows.opens - time '00:00') as opens,
            make_interval(days => windows.weekday - 1)
            + (windows.closes - time '00:00') as closes
        from outreach.linkedin_account_sending_windows as windows
        where
            windows.workspace_id = $1
            and windows.account_id = $2
    ) as openings
$$;
