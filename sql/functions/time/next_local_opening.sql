-- The first wall-clock time at or after wall_clock that is inside a sending window of
-- the account, without changes of the offset. Null if the account has no window.
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
