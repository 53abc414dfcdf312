-- outreach.account_allowances() of some accounts; only_per is null for all.
-- Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_account_allowances(
    workspace_ids bigint [],
    account_ids bigint [],
    at timestamptz,
    only_per text
)
returns table (
    workspace_id bigint,
    account_id bigint,
    action text,
    per text,
    spent bigint,
    limit_today integer,
    resets_at timestamptz,
    minimum_gap interval,
    goal_count integer,
    growth_per_day numeric
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
    for workspace_id, account_id in
        select
            wanted.workspace_id,
            wanted.account_id
        from unnest(workspace_ids, account_ids) as wanted (workspace_id, account_id)
    loop
        for
            action, per, spent, limit_today, resets_at, minimum_gap, goal_count,
            growth_per_day
        in
            select
                allowances.action,
                allowances.per,
                allowances.spent,
                allowances.limit_today,
                allowances.resets_at,
                allowances.minimum_gap,
                allowances.goal_count,
                allowances.growth_per_day
            from outreach.account_allowances(
                console_account_allowances.workspace_id,
                console_account_allowances.account_id,
                console_account_allowances.at,
                only_per
            ) as allowances
        loop
            return next;
        end loop;
    end loop;
end
$$;

revoke execute on function outreach.console_account_allowances(
    bigint [], bigint [], timestamptz, text
) from public;
grant execute on function outreach.console_account_allowances(
    bigint [], bigint [], timestamptz, text
) to console;
