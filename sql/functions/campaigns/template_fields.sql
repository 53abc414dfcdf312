-- The standard fields that a template may name; a campaign declares its custom fields.
create or replace function outreach.template_fields()
returns text []
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select array[
        'company', 'email', 'firstName', 'fullName', 'industry', 'jobTitle',
        'lastName', 'location', 'senderFirstName', 'senderLastName'
    ]
$$;
