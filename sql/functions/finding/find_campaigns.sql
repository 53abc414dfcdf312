-- The campaigns with this id or name, of one workspace or of all, each with its rank, or
-- the most similar ones (see best_named).
create or replace function outreach.find_campaigns(
    wanted text,
    in_workspace_id bigint default null
)
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
declare
    one record;
    candidates jsonb := '[]';
begin
    for one in
        select
            workspaces.workspace_id,
            workspaces.name
        from outreach.workspaces
        where
            in_workspace_id is null
            or workspaces.workspace_id = in_workspace_id
        order by workspaces.workspace_id
    loop
        candidates := candidates || (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'workspace_id', campaigns.workspace_id,
                            'workspace_name', one.name,
                            'found_id', campaigns.campaign_id,
                            'name', campaigns.name,
                            'detail', campaigns.status
                        )
                    ),
                    '[]'
                )
            from outreach.campaigns as campaigns
            where campaigns.workspace_id = one.workspace_id
        );
    end loop;

    return query
    select best.*
    from outreach.best_named(wanted, candidates) as best;
end
$$;
