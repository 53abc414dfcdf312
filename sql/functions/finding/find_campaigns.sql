-- The campaigns with this id or name, of one workspace or of all, each with its rank
-- (see name_rank). If there is none, the most similar names are returned with rank 9.
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
    has_found boolean := false;
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
        return query
        select
            campaigns.workspace_id,
            one.name,
            campaigns.campaign_id,
            campaigns.name,
            campaigns.status,
            ranks.rank
        from outreach.campaigns as campaigns
        cross join lateral outreach.name_rank(
            wanted, campaigns.campaign_id, campaigns.name
        ) as ranks (rank)
        where
            campaigns.workspace_id = one.workspace_id
            and ranks.rank is not null
        order by
            ranks.rank,
            campaigns.campaign_id;

        has_found := has_found or found;
    end loop;

    if has_found then
        return;
    end if;

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
        return query
        select
            campaigns.workspace_id,
            one.name,
            campaigns.campaign_id,
            campaigns.name,
            campaigns.status,
            9
        from outreach.campaigns as campaigns
        cross join lateral outreach.spelling_similarity(
            wanted, campaigns.name
        ) as spellings (similarity)
        where
            campaigns.workspace_id = one.workspace_id
            and spellings.similarity >= 0.4
        order by
            spellings.similarity desc,
            campaigns.campaign_id
        limit 3;
    end loop;
end
$$;
