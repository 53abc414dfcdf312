-- The fields of a person for templates: the standard fields, and custom ones under
-- "custom". Unknown values are null.
create or replace function outreach.prospect_fields(
    prospect outreach.prospects,
    account outreach.linkedin_accounts
)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return jsonb_build_object(
        'firstName', prospect.first_name,
        'lastName', prospect.last_name,
        'fullName', nullif(concat_ws(' ', prospect.first_name, prospect.last_name), ''),
        'company', prospect.company,
        'jobTitle', prospect.job_title,
        'email', prospect.email,
        'location', prospect.location,
        'industry', prospect.industry,
        'senderFirstName', account.first_name,
        'senderLastName', account.last_name,
        'custom', prospect.custom
    );
end
$$;
