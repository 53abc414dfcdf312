-- The fields of a person that are not empty, by the names that texts use. The body is
-- parsed at creation, so that no search_path can change its meaning.
create or replace function outreach.filled_fields(
    first_name text,
    last_name text,
    company text,
    job_title text,
    email text,
    location text,
    industry text,
    custom jsonb
)
returns jsonb
language sql
immutable
return jsonb_strip_nulls(
    jsonb_build_object(
        'firstName', filled_fields.first_name,
        'lastName', filled_fields.last_name,
        'company', filled_fields.company,
        'jobTitle', filled_fields.job_title,
        'email', filled_fields.email,
        'location', filled_fields.location,
        'industry', filled_fields.industry
    )
) || coalesce(
    (
        select jsonb_object_agg('custom.' || own.key, own.value)
        from jsonb_each_text(filled_fields.custom) as own
    ),
    '{}'
);
