-- Adds the new people of an import, and fills empty fields of the known ones; see
-- outreach.fill_imported_prospects. Do-not-contact people are stored too, so that the
-- next import knows them. Returns the number of new people.
create or replace function outreach.add_imported_prospects(
    workspace_id bigint,
    actor text,
    as_of timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    added_by_id_count bigint;
    added_by_name_count bigint;
begin
    perform outreach.fill_imported_prospects(
        add_imported_prospects.workspace_id, add_imported_prospects.actor,
        add_imported_prospects.as_of
    );

    insert into outreach.prospects (
        workspace_id, provider_id, public_identifier, first_name, last_name, company,
        job_title, email, location, industry, custom
    )
    select
        add_imported_prospects.workspace_id,
        imported.provider_id,
        imported.public_identifier,
        imported.first_name,
        imported.last_name,
        imported.company,
        imported.job_title,
        imported.email,
        imported.location,
        imported.industry,
        imported.custom
    from pg_temp.imported_prospects as imported
    where
        (imported.refusal is null or imported.refusal = 'do_not_contact')
        and imported.prospect_id is null
    order by imported.line_number
    -- A concurrent import may have added the same person.
    on conflict do nothing;

    -- One key per join, because a join on either key would be a nested loop.
    update pg_temp.imported_prospects as imported
    set
        prospect_id = prospects.prospect_id,
        is_new_person = true
    from outreach.prospects
    where
        prospects.workspace_id = add_imported_prospects.workspace_id
        and prospects.provider_id = imported.provider_id
        and imported.refusal is null
        and imported.prospect_id is null;

    get diagnostics added_by_id_count = row_count;

    update pg_temp.imported_prospects as imported
    set
        prospect_id = prospects.prospect_id,
        is_new_person = true
    from outreach.prospects
    where
        prospects.workspace_id = add_imported_prospects.workspace_id
        and prospects.public_identifier = imported.public_identifier
        and imported.refusal is null
        and imported.prospect_id is null;

    get diagnostics added_by_name_count = row_count;
    return added_by_id_count + added_by_name_count;
end
$$;
