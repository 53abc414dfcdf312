-- Adds the new people of an import, and fills empty fields of the known ones; existing
-- values are never overwritten. Do-not-contact people are stored too, so that the next
-- import knows them. Returns the numbers of new and of enrolled people.
create or replace function outreach.add_imported_prospects(workspace_id bigint)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    added_by_id_count bigint;
    added_by_name_count bigint;
begin
    with

    filled as (

        select
            prospects.prospect_id,
            coalesce(prospects.provider_id, imported.provider_id) as provider_id,
            coalesce(prospects.public_identifier, imported.public_identifier)
            as public_identifier,
            outreach.filled_text(prospects.first_name, imported.first_name)
            as first_name,
            outreach.filled_text(prospects.last_name, imported.last_name) as last_name,
            outreach.filled_text(prospects.company, imported.company) as company,
            outreach.filled_text(prospects.job_title, imported.job_title) as job_title,
            outreach.filled_text(prospects.email, imported.email) as email,
            outreach.filled_text(prospects.location, imported.location) as location,
            outreach.filled_text(prospects.industry, imported.industry) as industry,
            outreach.filled_custom(prospects.custom, imported.custom) as custom
        from pg_temp.imported_prospects as imported
        inner join outreach.prospects
            on
                prospects.workspace_id = add_imported_prospects.workspace_id
                and imported.prospect_id = prospects.prospect_id
        where imported.refusal is null or imported.refusal not like 'it%'

    )

    update outreach.prospects
    set
        provider_id = filled.provider_id,
        public_identifier = filled.public_identifier,
        first_name = filled.first_name,
        last_name = filled.last_name,
        company = filled.company,
        job_title = filled.job_title,
        email = filled.email,
        location = filled.location,
        industry = filled.industry,
        custom = filled.custom
    from filled
    where
        prospects.workspace_id = add_imported_prospects.workspace_id
        and prospects.prospect_id = filled.prospect_id
        and (
            prospects.provider_id, prospects.public_identifier, prospects.first_name,
            prospects.last_name, prospects.company, prospects.job_title,
            prospects.email, prospects.location, prospects.industry, prospects.custom
        ) is distinct from (
            filled.provider_id, filled.public_identifier, filled.first_name,
            filled.last_name, filled.company, filled.job_title,
            filled.email, filled.location, filled.industry, filled.custom
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
