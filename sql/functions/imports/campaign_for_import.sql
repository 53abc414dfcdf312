-- The facts about a campaign that an import needs before it reads a row.
create or replace function outreach.campaign_for_import(
    workspace_id bigint,
    campaign_id bigint
)
returns table (custom_fields text [], can_start boolean, has_accounts boolean)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        campaigns.custom_fields,
        exists (
            select 1
            from outreach.first_send_of_campaign(
                campaign_for_import.workspace_id, campaign_for_import.campaign_id, true
            )
        ) as can_start,
        exists (
            select 1
            from outreach.campaign_accounts
            where
                campaign_accounts.workspace_id = campaign_for_import.workspace_id
                and campaign_accounts.campaign_id = campaign_for_import.campaign_id
        ) as has_accounts
    from outreach.campaigns
    where
        campaigns.workspace_id = campaign_for_import.workspace_id
        and campaigns.campaign_id = campaign_for_import.campaign_id;
end
$$;
