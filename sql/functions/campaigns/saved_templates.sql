-- Every text of the steps of a workspace or of one campaign, with the facts for its
-- validation. is_for_free_accounts: an account that sends it is a free one, whose notes
-- are shorter.
create or replace function outreach.saved_templates(
    workspace_id bigint,
    only_campaign_id bigint default null
)
returns table (
    campaign_id bigint,
    campaign_name text,
    step_id bigint,
    step_number integer,
    action text,
    variant text,
    field text,
    template text,
    validation_stamp text,
    custom_fields text [],
    is_for_free_accounts boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        campaigns.campaign_id,
        campaigns.name as campaign_name,
        steps.step_id,
        steps.position + 1 as step_number,
        steps.action,
        templates.variant,
        templates.field,
        templates.template,
        templates.validation_stamp,
        campaigns.custom_fields,
        exists (
            select 1
            from outreach.campaign_accounts
            inner join outreach.linkedin_accounts as accounts
                on
                    accounts.workspace_id = saved_templates.workspace_id
                    and campaign_accounts.account_id = accounts.account_id
            where
                campaign_accounts.workspace_id = saved_templates.workspace_id
                and campaign_accounts.campaign_id = campaigns.campaign_id
                and not accounts.has_premium
        ) as is_for_free_accounts
    from outreach.campaigns
    inner join outreach.campaign_steps as steps
        on
            steps.workspace_id = saved_templates.workspace_id
            and campaigns.campaign_id = steps.campaign_id
    inner join outreach.campaign_step_templates as templates
        on
            templates.workspace_id = saved_templates.workspace_id
            and steps.step_id = templates.step_id
    where
        campaigns.workspace_id = saved_templates.workspace_id
        and (
            saved_templates.only_campaign_id is null
            or campaigns.campaign_id = saved_templates.only_campaign_id
        )
        and steps.removed_at is null
    order by
        campaigns.name,
        steps.position,
        templates.variant,
        templates.field;
end
$$;
