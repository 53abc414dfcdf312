-- For each field, the number of enrolled people of an import without a value, and the
-- first such line of the file: a text that needs the field cannot be sent to them.
-- fields: as in templates, firstName or custom.icebreaker. Fields without missing
-- values are left out.
create or replace function outreach.values_that_imported_lack(
    workspace_id bigint,
    fields text []
)
returns table (field text, people_count bigint, first_line integer)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        needed.field,
        count(*) as people_count,
        min(people.line_number) as first_line
    from (
        select
            imported.line_number,
            outreach.prospect_fields(
                row(prospects.*)::outreach.prospects, null::outreach.linkedin_accounts
            ) as known
        from pg_temp.imported_prospects as imported
        inner join outreach.prospects
            on
                prospects.workspace_id = values_that_imported_lack.workspace_id
                and imported.prospect_id = prospects.prospect_id
        where imported.enrollment_id is not null
    ) as people
    cross join unnest(values_that_imported_lack.fields) as needed (field)
    where
        btrim(
            coalesce(
                case
                    when starts_with(needed.field, 'custom.')
                        then people.known -> 'custom' ->> substr(needed.field, 8)
                    else people.known ->> needed.field
                end,
                ''
            )
        ) = ''
    group by needed.field
    order by needed.field;
end
$$;
