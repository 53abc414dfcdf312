-- What templates may say of a person: the standard fields, and custom ones under
-- "custom". Null where nothing is known.
-- No search_path of its own, so that a query can take it in; every name is qualified.
create or replace function outreach.prospect_fields(
    prospect outreach.prospects,
    account outreach.linkedin_accounts
)
returns jsonb
language sql
stable
as $$
    select
        jsonb_build_object(
            'firstName', ($1).first_name,
            'lastName', ($1).last_name,
            'fullName', nullif(concat_ws(' ', ($1).first_name, ($1).last_name), ''),
            'company', ($1).company,
            'jobTitle', ($1).job_title,
            'email', ($1).email,
            'location', ($1).location,
            'industry', ($1).industry,
            'senderFirstName', ($2).first_name,
            'senderLastName', ($2).last_name,
            'custom', ($1).custom
        )
$$;
