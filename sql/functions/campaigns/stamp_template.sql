-- Gives a saved text the stamp that the validator made of it as it stands: for texts
-- that were saved before the gate existed. The trigger checks the stamp.
create or replace function outreach.stamp_template(
    workspace_id bigint,
    step_id bigint,
    variant text,
    field text,
    fields text [],
    custom_fields text [],
    validation_stamp text,
    as_of timestamptz default null
)
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
    update outreach.campaign_step_templates as templates
    set
        fields = $5,
        custom_fields = $6,
        validation_stamp = $7,
        validated_at = coalesce($8, clock_timestamp())
    where
        templates.workspace_id = $1
        and templates.step_id = $2
        and templates.variant = $3
        and templates.field = $4
$$;
