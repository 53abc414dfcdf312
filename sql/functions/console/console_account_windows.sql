-- The sending windows of an account, in the order of the week, as local times since
-- midnight. Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_account_windows(
    in_workspace_id bigint,
    in_account_id bigint
)
returns table (
    weekday smallint,
    opens interval,
    closes interval
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        windows.weekday,
        windows.opens - time '00:00',
        windows.closes - time '00:00'
    from outreach.linkedin_account_sending_windows as windows
    where
        windows.workspace_id = in_workspace_id
        and windows.account_id = in_account_id
    order by
        windows.weekday,
        windows.opens;
end
$$;

revoke execute on function outreach.console_account_windows(bigint, bigint)
from public;
grant execute on function outreach.console_account_windows(bigint, bigint) to console;
