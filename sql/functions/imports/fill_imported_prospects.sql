-- Fills empty fields of the known people of an import; existing values are never
-- overwritten. A person whose fields change gets an audit row with the actor.
create or replace function outreach.fill_imported_prospects(
    workspace_id bigint,
    actor text,
    as_of timestamptz default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
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
            outreach.filled_custom(prospects.custom, imported.custom) as custom,
            outreach.filled_fields(
                prospects.first_name, prospects.last_name, prospects.company,
                prospects.job_title, prospects.email, prospects.location,
                prospects.industry, prospects.custom
            ) as was
        from pg_temp.imported_prospects as imported
        inner join outreach.prospects
            on
                prospects.workspace_id = fill_imported_prospects.workspace_id
                and imported.prospect_id = prospects.prospect_id
        where imported.refusal is null or imported.refusal not like 'it%'

    ),

    changed as (

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
            prospects.workspace_id = fill_imported_prospects.workspace_id
            and prospects.prospect_id = filled.prospect_id
            and (
                prospects.provider_id, prospects.public_identifier,
                prospects.first_name, prospects.last_name, prospects.company,
                prospects.job_title, prospects.email, prospects.location,
                prospects.industry, prospects.custom
            ) is distinct from (
                filled.provider_id, filled.public_identifier, filled.first_name,
                filled.last_name, filled.company, filled.job_title,
                filled.email, filled.location, filled.industry, filled.custom
            )
        returning
            prospects.prospect_id,
            filled.was,
            outreach.filled_fields(
                prospects.first_name, prospects.last_name, prospects.company,
                prospects.job_title, prospects.email, prospects.location,
                prospects.industry, prospects.custom
            ) as became

    )

    insert into outreach.prospect_field_audit (
        workspace_id, prospect_id, was, became, actor, changed_at
    )
    select
        fill_imported_prospects.workspace_id,
        changed.prospect_id,
        outreach.differing_fields(changed.was, changed.became),
        outreach.differing_fields(changed.became, changed.was),
        fill_imported_prospects.actor,
        coalesce(fill_imported_prospects.as_of, clock_timestamp())
    from changed
    where changed.was <> changed.became
    order by changed.prospect_id;
end
$$;
