-- Whether the templates that were rendered for a claimed job are still the ones that
-- its step has in that variant: all of them, and no other. A note that was added since
-- the claim is no more left out than an old one is sent.
-- No search_path of its own, so that a query can take it in; every name is qualified.
create or replace function outreach.is_as_rendered(
    job outreach.campaign_send_jobs,
    variant text,
    validation_stamps text []
)
returns table (is_as_rendered boolean)
language sql
stable
rows 1
as $$
    select
        array(
            select stamps.stamp
            from unnest($3) as stamps (stamp)
            order by 1
        ) = array(
            select templates.validation_stamp
            from outreach.campaign_step_templates as templates
            inner join outreach.campaign_steps as steps
                on
                    templates.workspace_id = steps.workspace_id
                    and templates.step_id = steps.step_id
            where
                templates.workspace_id = ($1).workspace_id
                and templates.step_id = ($1).step_id
                and steps.action = ($1).action
                and templates.variant = coalesce($2, templates.variant)
            order by 1
        )
$$;
