-- The first wall-clock time from wall_clock on that is inside a sending window of
-- the account, on a clock that never changes: wall_clock itself when inside. Null
-- when the account has no window at all.
create or replace function outreach.next_local_opening(
    workspace_id bigint,
    account_id bigint,
    wall_clock timestamp
)
returns timestamp
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    monday constant timestamp := date_trunc('week', wall_clock);
    opening timestamp;
begin
    select
        min(
            case
                when next_local_opening.wall_clock < monday + openings.closes
                    then greatest(
                        next_local_opening.wall_clock, monday + openings.opens
                    )
                else monday + openings.opens + interval '7 days'
            end
        )
    into opening
    from (
        select
            make_interval(days => windows.weekday - 1)
            + (windows.opens - time '00:00') as opens,
            make_interval(days => windows.weekday - 1)
            + (windows.closes - time '00:00') as closes
        from outreach.linkedin_account_sending_windows as windows
        where
            windows.workspace_id = next_local_opening.workspace_id
            and windows.account_id = next_local_opening.account_id
    ) as openings;

    return opening;
end
$$;
