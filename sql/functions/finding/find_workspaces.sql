-- The workspaces with this id or name, each with its rank, or the most similar ones (see
-- best_named).
create or replace function outreach.find_workspaces(wanted text)
returns table (
    workspace_id bigint,
    workspace_name text,
    found_id bigint,
    name text,
    detail text,
    rank integer
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select best.*
    from outreach.best_named(
        wanted,
        (
            select
                jsonb_agg(
                    jsonb_build_object(
                        'workspace_id', workspaces.workspace_id,
                        'workspace_name', workspaces.name,
                        'found_id', workspaces.workspace_id,
                        'name', workspaces.name,
                        'detail', workspaces.provider_dsn
                    )
                )
            from outreach.workspaces
        ),
        is_by_workspace => false
    ) as best;
end
$$;
