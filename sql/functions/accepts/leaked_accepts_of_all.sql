-- The leaked accepts of every workspace, asked workspace by workspace. See
-- outreach.leaked_accepts.
create or replace function outreach.leaked_accepts_of_all()
returns table (
    workspace_id bigint,
    enrollment_id bigint,
    campaign_id bigint,
    account_id bigint,
    why text,
    obstacle text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    one_workspace_id bigint;
begin
    for one_workspace_id in
        select workspaces.workspace_id
        from outreach.workspaces
        order by workspaces.workspace_id
    loop
        return query
        select
            one_workspace_id,
            leaked.enrollment_id,
            leaked.campaign_id,
            leaked.account_id,
            leaked.why,
            leaked.obstacle
        from outreach.leaked_accepts(one_workspace_id) as leaked;
    end loop;
end
$$;
