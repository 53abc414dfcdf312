-- Stores the validator's result for every saved template of a workspace, and deletes
-- the results of removed templates: [{"step_id", "variant", "field",
-- "validation_stamp", "is_valid", "errors": [...]}]. Returns their number.
create or replace function outreach.record_template_validations(
    workspace_id bigint,
    validations jsonb,
    as_of timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    written_count bigint;
begin
    delete from outreach.template_validations as known
    where
        known.workspace_id = record_template_validations.workspace_id
        and not exists (
            select 1
            from jsonb_to_recordset(validations) as judged (
                step_id bigint, variant text, field text
            )
            where
                judged.step_id = known.step_id
                and judged.variant = known.variant
                and judged.field = known.field
        );

    insert into outreach.template_validations as known (
        workspace_id, step_id, variant, field, validation_stamp, is_valid, errors,
        validated_at
    )
    select
        record_template_validations.workspace_id,
        judged.step_id,
        judged.variant,
        judged.field,
        judged.validation_stamp,
        judged.is_valid,
        judged.errors,
        at
    from jsonb_to_recordset(validations) as judged (
        step_id bigint, variant text, field text, validation_stamp text,
        is_valid boolean, errors jsonb
    )
    on conflict (workspace_id, step_id, variant, field) do update
    set
        validation_stamp = excluded.validation_stamp,
        is_valid = excluded.is_valid,
        errors = excluded.errors,
        validated_at = excluded.validated_at;

    get diagnostics written_count = row_count;
    return written_count;
end
$$;
