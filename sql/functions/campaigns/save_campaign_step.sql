-- Writes one step of a campaign at its position, and its texts with their stamps; see
-- outreach.save_campaign() for the shape. Returns the step's id.
create or replace function outreach.save_campaign_step(
    workspace_id bigint,
    campaign_id bigint,
    "position" integer,
    step jsonb,
    as_of timestamptz
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    saved_step_id bigint := (step ->> 'step_id')::bigint;
begin
    if saved_step_id is null then
        insert into outreach.campaign_steps (
            workspace_id, campaign_id, position, action, delay, step_key, settings
        )
        values (
            save_campaign_step.workspace_id,
            save_campaign_step.campaign_id,
            save_campaign_step.position,
            step ->> 'action',
            (step ->> 'delay')::interval,
            step ->> 'step_key',
            step -> 'settings'
        )
        returning campaign_steps.step_id into saved_step_id;
    else
        update outreach.campaign_steps as steps
        set
            position = save_campaign_step.position,
            delay = (step ->> 'delay')::interval,
            step_key = step ->> 'step_key',
            settings = step -> 'settings'
        where
            steps.workspace_id = save_campaign_step.workspace_id
            and steps.step_id = saved_step_id;
    end if;

    delete from outreach.campaign_step_templates as templates
    where
        templates.workspace_id = save_campaign_step.workspace_id
        and templates.step_id = saved_step_id
        and not exists (
            select 1
            from jsonb_array_elements(step -> 'templates') as kept
            where
                kept ->> 'variant' = templates.variant
                and kept ->> 'field' = templates.field
        );

    insert into outreach.campaign_step_templates as templates (
        workspace_id, step_id, variant, field, template, fields, custom_fields,
        validation_stamp, validated_at
    )
    select
        save_campaign_step.workspace_id,
        saved_step_id,
        written ->> 'variant',
        written ->> 'field',
        written ->> 'template',
        array(select jsonb_array_elements_text(written -> 'fields')),
        array(select jsonb_array_elements_text(written -> 'custom_fields')),
        written ->> 'validation_stamp',
        save_campaign_step.as_of
    from jsonb_array_elements(step -> 'templates') as written
    on conflict (workspace_id, step_id, variant, field) do update
    set
        template = excluded.template,
        fields = excluded.fields,
        custom_fields = excluded.custom_fields,
        validation_stamp = excluded.validation_stamp,
        validated_at = excluded.validated_at;

    return saved_step_id;
end
$$;
