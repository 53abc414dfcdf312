-- The accounts of a workspace by name, for a choice. Security definer: the console reads
-- it, without rights to its tables.
create or replace function outreach.console_account_names(in_workspace_id bigint)
returns table (
    account_id bigint,
    account text
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
        accounts.account_id,
        accounts.name
    from outreach.linkedin_accounts as accounts
    where accounts.workspace_id = in_workspace_id
    order by
        accounts.name,
        accounts.account_id
    limit 1000;
end
$$;

revoke execute on function outreach.console_account_names(bigint) from public;
grant execute on function outreach.console_account_names(bigint) to console;
