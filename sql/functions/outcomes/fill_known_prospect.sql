-- Fills empty fields of a known person, and a missing LinkedIn id, by those of another row
-- of the same person. A change leaves an audit row with the actor. The caller holds the
-- lock of the known row.
create or replace function outreach.fill_known_prospect(
    workspace_id bigint,
    known_id bigint,
    brought_id bigint,
    provider_id text,
    actor text,
    at timestamptz
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
            coalesce(known.provider_id, fill_known_prospect.provider_id)
            as provider_id,
            outreach.filled_text(known.first_name, brought.first_name) as first_name,
            outreach.filled_text(known.last_name, brought.last_name) as last_name,
            outreach.filled_text(known.company, brought.company) as company,
            outreach.filled_text(known.job_title, brought.job_title) as job_title,
            outreach.filled_text(known.email, brought.email) as email,
            outreach.filled_text(known.location, brought.location) as location,
            outreach.filled_text(known.industry, brought.industry) as industry,
            outreach.filled_custom(known.custom, brought.custom) as custom,
            outreach.filled_fields(
                known.first_name, known.last_name, known.company, known.job_title,
                known.email, known.location, known.industry, known.custom
            ) as was
        from outreach.prospects as known
        inner join outreach.prospects as brought
            on
                brought.workspace_id = fill_known_prospect.workspace_id
                and brought.prospect_id = fill_known_prospect.brought_id
        where
            known.workspace_id = fill_known_prospect.workspace_id
            and known.prospect_id = fill_known_prospect.known_id

    ),

    changed as (

        update outreach.prospects
        set
            provider_id = filled.provider_id,
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
            prospects.workspace_id = fill_known_prospect.workspace_id
            and prospects.prospect_id = fill_known_prospect.known_id
        returning
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
        fill_known_prospect.workspace_id,
        fill_known_prospect.known_id,
        outreach.differing_fields(changed.was, changed.became),
        outreach.differing_fields(changed.became, changed.was),
        fill_known_prospect.actor,
        fill_known_prospect.at
    from changed
    where changed.was <> changed.became;
end
$$;
