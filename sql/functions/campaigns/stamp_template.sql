-- Sets the validator's stamp of a saved text that has none. The trigger checks the
-- stamp.
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
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
begin
    update outreach.campaign_step_templates as templates
    set
        fields = stamp_template.fields,
        custom_fields = stamp_template.custom_fields,
        validation_stamp = stamp_template.validation_stamp,
        validated_at = at
    where
        templates.workspace_id = stamp_template.workspace_id
        and templates.step_id = stamp_template.step_id
        and templates.variant = stamp_template.variant
        and templates.field = stamp_template.field;
end
$$;
