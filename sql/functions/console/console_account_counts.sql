-- How many accounts have each status, in a workspace or in all; at most 10,001 are
-- counted, of which the page says "10,000+". Security definer: the console reads it,
-- without rights to its tables.
create or replace function outreach.console_account_counts(wanted_workspace_id bigint)
returns table (
    status text,
    account_count bigint
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
        counted.status,
        count(*)
    from (
        select accounts.status
        from outreach.linkedin_accounts as accounts
        where
            wanted_workspace_id is null
            or accounts.workspace_id = wanted_workspace_id
        limit 10001
    ) as counted
    group by counted.status
    order by counted.status;
end
$$;

revoke execute on function outreach.console_account_counts(bigint) from public;
grant execute on function outreach.console_account_counts(bigint) to console;
