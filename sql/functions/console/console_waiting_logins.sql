-- How many logins of new accounts are waited for, in a workspace or in all: open_count
-- login pages on which nobody has logged in, told_count logins of the last hour whose
-- account is not here yet, and late_count earlier ones. A login that was told is asked
-- about until its account is here or refused, also after its page expired.
-- Security definer: the console reads it, without rights to the pages' secrets.
create or replace function outreach.console_waiting_logins(
    wanted_workspace_id bigint,
    at timestamptz
)
returns table (
    open_count bigint,
    told_count bigint,
    late_count bigint
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    late_before constant timestamptz := at - interval '1 hour';
begin
    return query
    select
        count(*) filter (where links.notified_at is null),
        count(*) filter (where links.notified_at >= late_before),
        count(*) filter (where links.notified_at < late_before)
    from outreach.hosted_auth_links as links
    where
        (
            wanted_workspace_id is null
            or links.workspace_id = wanted_workspace_id
        )
        and links.account_id is null
        and links.finished_at is null
        and (
            links.notified_at is not null
            or links.expires_at > console_waiting_logins.at
        );
end
$$;

revoke execute on function outreach.console_waiting_logins(
    bigint, timestamptz
) from public;
grant execute on function outreach.console_waiting_logins(
    bigint, timestamptz
) to console;
