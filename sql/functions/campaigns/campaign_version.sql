-- A hash of all that a save of a campaign writes. It tells an editor whether the campaign
-- was saved by somebody else meanwhile. Null if there is no such campaign.
create or replace function outreach.campaign_version(
    workspace_id bigint,
    campaign_id bigint
)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    version text;
begin
    select
        md5(
            jsonb_build_array(
                campaigns.custom_fields,
                campaigns.settings,
                (
                    select jsonb_agg(accounts.account_id order by accounts.account_id)
                    from outreach.campaign_accounts as accounts
                    where
                        accounts.workspace_id = campaign_version.workspace_id
                        and accounts.campaign_id = campaign_version.campaign_id
                ),
                (
                    select jsonb_agg(notifications.about order by notifications.about)
                    from outreach.campaign_notifications as notifications
                    where
                        notifications.workspace_id = campaign_version.workspace_id
                        and notifications.campaign_id = campaign_version.campaign_id
                ),
                (
                    select
                        jsonb_agg(
                            jsonb_build_array(
                                steps.step_id,
                                steps.position,
                                steps.step_key,
                                steps.action,
                                steps.delay,
                                steps.settings,
                                (
                                    select
                                        jsonb_agg(
                                            jsonb_build_array(
                                                templates.variant,
                                                templates.field,
                                                templates.template
                                            )
                                            order by templates.variant, templates.field
                                        )
                                    from outreach.campaign_step_templates as templates
                                    where
                                        templates.workspace_id
                                        = campaign_version.workspace_id
                                        and templates.step_id = steps.step_id
                                )
                            )
                            order by steps.position
                        )
                    from outreach.campaign_steps as steps
                    where
                        steps.workspace_id = campaign_version.workspace_id
                        and steps.campaign_id = campaign_version.campaign_id
                        and steps.removed_at is null
                )
            )::text
        )
    into version
    from outreach.campaigns
    where
        campaigns.workspace_id = campaign_version.workspace_id
        and campaigns.campaign_id = campaign_version.campaign_id;

    return version;
end
$$;
