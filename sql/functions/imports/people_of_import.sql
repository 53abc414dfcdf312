-- The first people whom an import enrolls, in the order of the file, with the first job
-- of each: its action and its account.
create or replace function outreach.people_of_import(
    workspace_id bigint,
    most_rows integer
)
returns table (
    line integer,
    name text,
    company text,
    account text,
    action text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        imported.line_number,
        coalesce(
            nullif(concat_ws(' ', prospects.first_name, prospects.last_name), ''),
            prospects.public_identifier,
            prospects.provider_id
        ),
        prospects.company,
        accounts.name,
        imported.action
    from pg_temp.imported_prospects as imported
    inner join outreach.prospects
        on
            prospects.workspace_id = people_of_import.workspace_id
            and imported.prospect_id = prospects.prospect_id
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = people_of_import.workspace_id
            and imported.account_id = accounts.account_id
    where imported.enrollment_id is not null
    order by imported.line_number
    limit most_rows;
end
$$;
