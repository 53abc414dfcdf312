-- A person's custom values, and another row's values for those that are empty or missing.
-- See outreach.filled_text.
create or replace function outreach.filled_custom(known jsonb, brought jsonb)
returns jsonb
language sql
immutable
return filled_custom.brought || coalesce(
    (
        select jsonb_object_agg(fields.key, fields.value)
        from jsonb_each(filled_custom.known) as fields
        where btrim(coalesce(filled_custom.known ->> fields.key, '')) <> ''
    ),
    '{}'
);
