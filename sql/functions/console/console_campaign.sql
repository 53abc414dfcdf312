-- One campaign as its editor begins with it, beside its steps. settings, custom_fields,
-- notify: as outreach.save_campaign() takes them. version: outreach.campaign_version().
-- Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_campaign(
    in_workspace_id bigint,
    in_campaign_id bigint
)
returns table (
    workspace_id bigint,
    workspace text,
    campaign_id bigint,
    campaign text,
    status text,
    custom_fields text [],
    settings jsonb,
    account_ids bigint [],
    notify text [],
    version text
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
        campaigns.custom_fields,
        campaigns.settings,
        array(
            select members.account_id
            from outreach.campaign_accounts as members
            where
                members.workspace_id = in_workspace_id
                and members.campaign_id = in_campaign_id
            order by members.account_id
        ),
        array(
            select notifications.about
            from outreach.campaign_notifications as notifications
            where
                notifications.workspace_id = in_workspace_id
                and notifications.campaign_id = in_campaign_id
            order by notifications.about
        ),
        outreach.campaign_version(in_workspace_id, in_campaign_id)
    from outreach.campaigns as campaigns
    inner join outreach.workspaces as workspaces
        on campaigns.workspace_id = workspaces.workspace_id
    where
        campaigns.workspace_id = in_workspace_id
        and campaigns.campaign_id = in_campaign_id;
end
$$;

revoke execute on function outreach.console_campaign(bigint, bigint) from public;
grant execute on function outreach.console_campaign(bigint, bigint) to console;
