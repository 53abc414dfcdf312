-- The workspaces with this id or name, each with its rank (see name_rank). If there is
-- none, the most similar names are returned with rank 9.
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
    select
        workspaces.workspace_id,
        workspaces.name,
        workspaces.workspace_id,
        workspaces.name,
        workspaces.provider_dsn,
        ranks.rank
    from outreach.workspaces
    cross join lateral outreach.name_rank(
        wanted, workspaces.workspace_id, workspaces.name
    ) as ranks (rank)
    where ranks.rank is not null
    order by
        ranks.rank,
        workspaces.workspace_id;

    if found then
        return;
    end if;

    return query
    select
        workspaces.workspace_id,
        workspaces.name,
        workspaces.workspace_id,
        workspaces.name,
        workspaces.provider_dsn,
        9
    from outreach.workspaces
    cross join lateral outreach.spelling_similarity(
        wanted, workspaces.name
    ) as spellings (similarity)
    where spellings.similarity >= 0.4
    order by
        spellings.similarity desc,
        workspaces.workspace_id
    limit 3;
end
$$;
