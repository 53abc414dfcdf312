-- Locks the rows that a save of a campaign may change, in the common order: the campaign,
-- then its accounts and those of its enrollments. Returns the campaign's id, or null if
-- there is none of that name.
create or replace function outreach.lock_campaign(
    workspace_id bigint,
    name text,
    account_ids bigint []
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    enrolled_account_ids bigint [];
    locked_campaign_id bigint;
begin
    perform outreach.assert_read_committed();

    select campaigns.campaign_id
    into locked_campaign_id
    from outreach.campaigns
    where
        campaigns.workspace_id = lock_campaign.workspace_id
        and campaigns.name = lock_campaign.name
    for no key update;

    -- Nobody is enrolled meanwhile, because an import locks the campaign too.
    enrolled_account_ids := array(
        select distinct enrollments.account_id
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = lock_campaign.workspace_id
            and enrollments.campaign_id = locked_campaign_id
    );

    perform outreach.lock_accounts(
        lock_campaign.workspace_id, lock_campaign.account_ids || enrolled_account_ids
    );

    return locked_campaign_id;
end
$$;
