-- Marks the rows of an import whose person a do-not-contact rule about a company or an
-- email domain means, by what the row or the known person says.
create or replace function outreach.mark_imported_by_rules(workspace_id bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    known_ids bigint [];
begin
    select coalesce(array_agg(imported.prospect_id), '{}')
    into known_ids
    from pg_temp.imported_prospects as imported
    where imported.prospect_id is not null;

    -- What is known of the people apart from what the rows say: a cluster joins a
    -- temporary table with one spread table only.
    with

    meant as materialized (

        select
            prospects.prospect_id,
            rules.reason
        from outreach.prospects
        inner join outreach.do_not_contact_rules as rules
            on
                rules.workspace_id = mark_imported_by_rules.workspace_id
                and rules.kind = 'company'
                and rules.value = outreach.company_key(prospects.company)
        where
            prospects.workspace_id = mark_imported_by_rules.workspace_id
            and prospects.prospect_id = any(known_ids)

        union all

        select
            prospects.prospect_id,
            rules.reason
        from outreach.prospects
        cross join lateral unnest(
            outreach.email_domains(prospects.email)
        ) as domains (name)
        inner join outreach.do_not_contact_rules as rules
            on
                rules.workspace_id = mark_imported_by_rules.workspace_id
                and rules.kind = 'email_domain'
                and domains.name = rules.value
        where
            prospects.workspace_id = mark_imported_by_rules.workspace_id
            and prospects.prospect_id = any(known_ids)

    )

    update pg_temp.imported_prospects as imported
    set
        is_do_not_contact = true,
        mark_reason = meant.reason
    from meant
    where imported.prospect_id = meant.prospect_id;

    update pg_temp.imported_prospects as imported
    set
        is_do_not_contact = true,
        mark_reason = rules.reason
    from outreach.do_not_contact_rules as rules
    where
        rules.workspace_id = mark_imported_by_rules.workspace_id
        and rules.kind = 'company'
        and rules.value = outreach.company_key(imported.company);

    with

    named as materialized (

        select
            rows.line_number,
            domains.name
        from pg_temp.imported_prospects as rows
        cross join lateral unnest(
            outreach.email_domains(rows.email)
        ) as domains (name)

    ),

    meant as materialized (

        select
            named.line_number,
            rules.reason
        from named
        inner join outreach.do_not_contact_rules as rules
            on
                rules.workspace_id = mark_imported_by_rules.workspace_id
                and rules.kind = 'email_domain'
                and named.name = rules.value

    )

    update pg_temp.imported_prospects as imported
    set
        is_do_not_contact = true,
        mark_reason = meant.reason
    from meant
    where imported.line_number = meant.line_number;
end
$$;
