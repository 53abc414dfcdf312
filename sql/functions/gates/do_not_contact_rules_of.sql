-- The do-not-contact rules of a workspace that mean a person of this company and email
-- address.
create or replace function outreach.do_not_contact_rules_of(
    workspace_id bigint,
    company text,
    email text
)
returns setof outreach.do_not_contact_rules
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select rules.*
    from outreach.do_not_contact_rules as rules
    where
        rules.workspace_id = do_not_contact_rules_of.workspace_id
        and case rules.kind
            when 'company'
                then rules.value = outreach.company_key(do_not_contact_rules_of.company)
            else rules.value = any(
                outreach.email_domains(do_not_contact_rules_of.email)
            )
        end
    order by rules.kind, rules.value;
end
$$;
