-- The names of the first people whom a new do-not-contact rule would mark; an empty list
-- where nobody matches, or where the rule is no rule. See outreach.do_not_contact_key().
create or replace function outreach.first_people_of_rule(
    in_workspace_id bigint,
    kind text,
    written text,
    most integer
)
returns text []
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return array(
        select
            coalesce(
                nullif(concat_ws(' ', prospects.first_name, prospects.last_name), ''),
                prospects.public_identifier,
                prospects.provider_id
            )
        from outreach.people_of_do_not_contact_rule(
            in_workspace_id, first_people_of_rule.kind,
            outreach.do_not_contact_key(
                first_people_of_rule.kind, first_people_of_rule.written
            )
        ) as found (prospect_id)
        inner join outreach.prospects
            on
                prospects.workspace_id = in_workspace_id
                and found.prospect_id = prospects.prospect_id
        order by 1, prospects.prospect_id
        limit most
    );
end
$$;
