-- Those of some fields whose values are others, or missing, in a second set. See
-- outreach.filled_fields.
create or replace function outreach.differing_fields(fields jsonb, others jsonb)
returns jsonb
language sql
immutable
return coalesce(
    (
        select jsonb_object_agg(one.key, one.value)
        from jsonb_each(differing_fields.fields) as one
        where one.value is distinct from differing_fields.others -> one.key
    ),
    '{}'
);
