-- Removing a custom field from a campaign parks the enrollments at each step whose text
-- names it, before a send would fail. Checked at commit: a save that validates the
-- texts again in the same transaction parks no enrollment. A text without the name is
-- not affected.
create or replace function outreach.park_templates_of_removed_fields()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    broken record;
begin
    for broken in
        select distinct on (templates.step_id)
            templates.step_id,
            templates.variant,
            templates.field,
            templates.template,
            removed.name
        from outreach.campaign_steps as steps
        inner join outreach.campaign_step_templates as templates
            on
                templates.workspace_id = new.workspace_id
                and steps.step_id = templates.step_id
        inner join outreach.campaigns
            on
                campaigns.workspace_id = new.workspace_id
                and steps.campaign_id = campaigns.campaign_id
        cross join lateral unnest(templates.custom_fields) as removed (name)
        where
            steps.workspace_id = new.workspace_id
            and steps.campaign_id = new.campaign_id
            and removed.name <> all(campaigns.custom_fields)
            and strpos(templates.template, removed.name) > 0
        order by
            templates.step_id,
            templates.variant,
            templates.field
    loop
        perform outreach.park_step(
            new.workspace_id, broken.step_id,
            jsonb_build_object(
                'code', 'template_error',
                'message', format(
                    'The template names custom.%s, which campaign "%s" no longer '
                    'declares. Declare it again, or take it out of the template, and '
                    'save the campaign.',
                    broken.name, new.name
                ),
                'variant', broken.variant,
                'field', broken.field,
                'template', broken.template,
                'removed_custom_field', broken.name
            ),
            'removed_custom_fields_park_their_templates', clock_timestamp()
        );
    end loop;

    return null;
end
$$;

drop trigger if exists removed_custom_fields_park_their_templates
on outreach.campaigns;

create constraint trigger removed_custom_fields_park_their_templates
after update on outreach.campaigns
deferrable initially deferred
for each row
when (not (new.custom_fields @> old.custom_fields))
execute function outreach.park_templates_of_removed_fields();
