-- Finds the known people of an import, by LinkedIn's id or by the public name in their
-- address. If these match two people, the row is refused and not guessed. Returns the
-- number of known people.
create or replace function outreach.find_imported_prospects(workspace_id bigint)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    known_count bigint;
begin
    analyze pg_temp.imported_prospects;

    with

    known as (

        select
            imported.line_number,
            min(prospects.prospect_id) as prospect_id,
            count(distinct prospects.prospect_id) as people_count
        from pg_temp.imported_prospects as imported
        cross join lateral (
            select by_id.prospect_id
            from outreach.prospects as by_id
            where
                by_id.workspace_id = find_imported_prospects.workspace_id
                and by_id.provider_id = imported.provider_id

            union all

            select by_name.prospect_id
            from outreach.prospects as by_name
            where
                by_name.workspace_id = find_imported_prospects.workspace_id
                and by_name.public_identifier = imported.public_identifier
        ) as prospects
        group by imported.line_number

    )

    update pg_temp.imported_prospects as imported
    set
        prospect_id = known.prospect_id,
        refusal = coalesce(
            imported.refusal,
            case
                when known.people_count > 1
                    then 'its id and its address belong to two people'
            end
        )
    from known
    where imported.line_number = known.line_number;

    get diagnostics known_count = row_count;

    -- Of two rows of the file about one person, the first one is used.
    update pg_temp.imported_prospects as imported
    set refusal = 'it is the person of line ' || twins.first_line
    from (
        select
            coalesce(same.prospect_id::text, same.provider_id) as person,
            min(same.line_number) as first_line
        from pg_temp.imported_prospects as same
        where
            coalesce(same.prospect_id::text, same.provider_id) is not null
            and same.refusal is null
        group by coalesce(same.prospect_id::text, same.provider_id)
        having count(*) > 1
    ) as twins
    where
        coalesce(imported.prospect_id::text, imported.provider_id) = twins.person
        and imported.line_number > twins.first_line
        and imported.refusal is null;

    return known_count;
end
$$;
