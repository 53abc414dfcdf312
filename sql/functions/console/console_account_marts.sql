-- What the marts say of some accounts: status, last activity and coverage of webhooks. No
-- row while dbt has not built the marts. Security definer: the console reads it, without
-- rights to its tables.
create or replace function outreach.console_account_marts(account_ids bigint [])
returns table (
    workspace_id bigint,
    account_id bigint,
    status_since timestamptz,
    status_pill text,
    status_reason text,
    last_connected_at timestamptz,
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
begin
    if to_regclass('analytics.account_status') is null
        or to_regclass('analytics.account_last_activity') is null
        or to_regclass('analytics.webhook_coverage') is null
    then
        return;
    end if;

    return query
    select
        statuses.workspace_id,
        statuses.account_id,
        statuses.since,
        statuses.pill,
        statuses.reason,
        statuses.last_connected_at,
        activities.last_activity_at,
        activities.last_activity_source,
        activities.tooltip,
        covered.coverage,
        covered.missing_events,
        covered.read_at
    from (
        select listed.*
        from analytics.account_status as listed
        where listed.account_id = any(account_ids)
    ) as statuses
    left join (
        select listed.*
        from analytics.account_last_activity as listed
        where listed.account_id = any(account_ids)
    ) as activities
        on
            statuses.workspace_id = activities.workspace_id
            and statuses.account_id = activities.account_id
    left join (
        select listed.*
        from analytics.webhook_coverage as listed
        where listed.account_id = any(account_ids)
    ) as covered
        on
            statuses.workspace_id = covered.workspace_id
            and statuses.account_id = covered.account_id;
end
$$;

revoke execute on function outreach.console_account_marts(bigint []) from public;
grant execute on function outreach.console_account_marts(bigint []) to console;
