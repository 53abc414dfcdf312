-- The workspaces that a pass over all of them takes one by one: each of them in a cluster
-- of Citus, which joins no result of a query with rows of many workspaces; elsewhere one
-- null, which means all at once.
create or replace function outreach.workspaces_apart()
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    is_distributed boolean := false;
begin
    -- Without Citus there is no such table, and a static query would not be planned.
    if to_regclass('pg_catalog.pg_dist_partition') is not null then
        execute
            'select exists (select 1 from pg_catalog.pg_dist_partition as distributed '
            'where distributed.logicalrelid = ''outreach.linkedin_accounts''::regclass)'
        into is_distributed;
    end if;

    if not is_distributed then
        return next null;
        return;
    end if;

    return query
    select workspaces.workspace_id
    from outreach.workspaces
    order by workspaces.workspace_id;
end
$$;
