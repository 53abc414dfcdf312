-- Every workspace with its numbers of accounts and campaigns, for a list.
create or replace function outreach.list_workspaces()
returns table (
    workspace_id bigint,
    workspace text,
    accounts bigint,
    campaigns bigint,
    provider text,
    created_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    accounts as (

        select
            accounts.workspace_id,
            count(*) as account_count
        from outreach.linkedin_accounts as accounts
        group by accounts.workspace_id

    ),

    campaigns as (

        select
            campaigns.workspace_id,
            count(*) as campaign_count
        from outreach.campaigns as campaigns
        group by campaigns.workspace_id

    )

    select
        workspaces.workspace_id,
        workspaces.name,
        coalesce(accounts.account_count, 0),
        coalesce(campaigns.campaign_count, 0),
        workspaces.provider_dsn,
        workspaces.created_at
    from outreach.workspaces
    left join accounts
        on workspaces.workspace_id = accounts.workspace_id
    left join campaigns
        on workspaces.workspace_id = campaigns.workspace_id
    order by workspaces.workspace_id;
end
$$;
