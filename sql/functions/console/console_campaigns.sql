-- A page of campaigns in the order of their names, after a given one, with what a card
-- shows of each: its status and its accounts. What is wanted is null for all. Security
-- definer: the console reads it, without rights to its tables.
create or replace function outreach.console_campaigns(
    wanted_workspace_id bigint,
    wanted_campaign_id bigint,
    after_name text,
    after_campaign_id bigint,
    most_rows integer
)
returns table (
    workspace_id bigint,
    workspace text,
    campaign_id bigint,
    campaign text,
    status text,
    account_names text []
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
        campaigns.workspace_id,
        workspaces.name,
        campaigns.campaign_id,
        campaigns.name,
        campaigns.status,
        array(
            select accounts.name
            from outreach.campaign_accounts as members
            inner join outreach.linkedin_accounts as accounts
                on
                    accounts.workspace_id = campaigns.workspace_id
                    and members.account_id = accounts.account_id
            where
                members.workspace_id = campaigns.workspace_id
                and members.campaign_id = campaigns.campaign_id
            order by
                accounts.name,
                accounts.account_id
        )
    from outreach.campaigns
    inner join outreach.workspaces
        on campaigns.workspace_id = workspaces.workspace_id
    where
        (wanted_workspace_id is null or campaigns.workspace_id = wanted_workspace_id)
        and (
            wanted_campaign_id is null or campaigns.campaign_id = wanted_campaign_id
        )
        and (
            after_name is null
            or (campaigns.name, campaigns.campaign_id)
            > (after_name, after_campaign_id)
        )
    order by
        campaigns.name,
        campaigns.campaign_id
    limit most_rows;
end
$$;

revoke execute on function outreach.console_campaigns(
    bigint, bigint, text, bigint, integer
) from public;
grant execute on function outreach.console_campaigns(
    bigint, bigint, text, bigint, integer
) to console;
