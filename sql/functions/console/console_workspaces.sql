-- The workspaces by name, for a choice. Security definer: the console reads it, without
-- rights to its tables.
create or replace function outreach.console_workspaces()
returns table (
    workspace_id bigint,
    workspace text
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
        workspaces.workspace_id,
        workspaces.name
    from outreach.workspaces as workspaces
    order by
        workspaces.name,
        workspaces.workspace_id
    limit 1000;
end
$$;

revoke execute on function outreach.console_workspaces() from public;
grant execute on function outreach.console_workspaces() to console;
