-- A page of accounts in the order of their names, after a given one, with what a tile
-- shows of each: status, last activity and coverage of webhooks as the marts say them,
-- time zone and pause. What is wanted is null for all. Security definer: the console
-- reads it, without rights to its tables.
create or replace function outreach.console_accounts(
    wanted_workspace_id bigint,
    wanted_account_id bigint,
    wanted_status text,
    after_name text,
    after_account_id bigint,
    most_rows integer,
    at timestamptz
)
returns table (
    workspace_id bigint,
    workspace text,
    account_id bigint,
    account text,
    status text,
    status_since timestamptz,
    status_pill text,
    status_reason text,
    last_connected_at timestamptz,
    timezone text,
    next_timezone text,
    next_timezone_at timestamptz,
    paused_at timestamptz,
    paused_by text,
    paused_reason text,
    activity_at timestamptz,
    activity_source text,
    activity_tooltip text,
    coverage text,
    missing_events text,
    coverage_read_at timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    chosen_ids bigint [];
begin
    select array_agg(listed.account_id)
    into chosen_ids
    from (
        select accounts.account_id
        from outreach.linkedin_accounts as accounts
        where
            (
                wanted_workspace_id is null
                or accounts.workspace_id = wanted_workspace_id
            )
            and (
                wanted_account_id is null or accounts.account_id = wanted_account_id
            )
            and (wanted_status is null or accounts.status = wanted_status)
            and (
                after_name is null
                or (accounts.name, accounts.account_id)
                > (after_name, after_account_id)
            )
        order by
            accounts.name,
            accounts.account_id
        limit most_rows
    ) as listed;

    return query
    select
        accounts.workspace_id,
        workspaces.name,
        accounts.account_id,
        accounts.name,
        statuses.status,
        statuses.since,
        statuses.pill,
        statuses.reason,
        statuses.last_connected_at,
        clocks.timezone,
        case
            when accounts.next_timezone_at > console_accounts.at
                then accounts.next_timezone
        end,
        case
            when accounts.next_timezone_at > console_accounts.at
                then accounts.next_timezone_at
        end,
        accounts.paused_at,
        accounts.paused_by,
        accounts.paused_reason,
        activities.last_activity_at,
        activities.last_activity_source,
        activities.tooltip,
        covered.coverage,
        covered.missing_events,
        covered.read_at
    from outreach.linkedin_accounts as accounts
    inner join outreach.workspaces as workspaces
        on accounts.workspace_id = workspaces.workspace_id
    cross join lateral (
        select
            outreach.account_timezone(
                accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
                console_accounts.at
            ) as timezone
    ) as clocks
    inner join (
        select listed.*
        from analytics.account_status as listed
        where listed.account_id = any(chosen_ids)
    ) as statuses
        on
            accounts.workspace_id = statuses.workspace_id
            and accounts.account_id = statuses.account_id
    left join (
        select listed.*
        from analytics.account_last_activity as listed
        where listed.account_id = any(chosen_ids)
    ) as activities
        on
            accounts.workspace_id = activities.workspace_id
            and accounts.account_id = activities.account_id
    left join (
        select listed.*
        from analytics.webhook_coverage as listed
        where listed.account_id = any(chosen_ids)
    ) as covered
        on
            accounts.workspace_id = covered.workspace_id
            and accounts.account_id = covered.account_id
    where accounts.account_id = any(chosen_ids)
    order by
        accounts.name,
        accounts.account_id;
end
$$;

revoke execute on function outreach.console_accounts(
    bigint, bigint, text, text, bigint, integer, timestamptz
) from public;
grant execute on function outreach.console_accounts(
    bigint, bigint, text, text, bigint, integer, timestamptz
) to console;
