-- The fields of a person for templates: the standard fields, and custom ones under
-- "custom". Unknown values are null. The body is parsed at creation, so that no
-- search_path can change its meaning and a query can inline it.
create or replace function outreach.prospect_fields(
    prospect outreach.prospects,
    account outreach.linkedin_accounts
)
returns jsonb
language sql
stable
return
    jsonb_build_object(
        'firstName', (prospect_fields.prospect).first_name,
        'lastName', (prospect_fields.prospect).last_name,
        'fullName', nullif(
            concat_ws(
                ' ',
                (prospect_fields.prospect).first_name,
                (prospect_fields.prospect).last_name
            ),
            ''
        ),
        'company', (prospect_fields.prospect).company,
        'jobTitle', (prospect_fields.prospect).job_title,
        'email', (prospect_fields.prospect).email,
        'location', (prospect_fields.prospect).location,
        'industry', (prospect_fields.prospect).industry,
        'senderFirstName', (prospect_fields.account).first_name,
        'senderLastName', (prospect_fields.account).last_name,
        'custom', (prospect_fields.prospect).custom
    );
