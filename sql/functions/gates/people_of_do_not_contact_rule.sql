-- The people of a workspace who match a do-not-contact rule and are not marked yet.
-- value: see outreach.do_not_contact_key().
create or replace function outreach.people_of_do_not_contact_rule(
    workspace_id bigint,
    kind text,
    value text
)
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select prospects.prospect_id
    from outreach.prospects
    where
        prospects.workspace_id = people_of_do_not_contact_rule.workspace_id
        and prospects.do_not_contact_at is null
        and case people_of_do_not_contact_rule.kind
            when 'company'
                then outreach.company_key(prospects.company)
                = people_of_do_not_contact_rule.value
            else people_of_do_not_contact_rule.value
            = any(outreach.email_domains(prospects.email))
        end
    order by prospects.prospect_id;
end
$$;
