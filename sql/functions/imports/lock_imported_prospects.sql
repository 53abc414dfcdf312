-- Locks what an import changes, in the common order: the accounts that contact people
-- whom it marks do-not-contact, for whatever reason, and then the known people.
create or replace function outreach.lock_imported_prospects(workspace_id bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    marked_ids constant bigint [] := array(
        select marked.prospect_id
        from outreach.people_marked_by_import(
            lock_imported_prospects.workspace_id
        ) as marked
    );
    locked_account_ids bigint [];
begin
    locked_account_ids := outreach.accounts_that_contact(
        lock_imported_prospects.workspace_id, marked_ids
    );
    perform outreach.lock_accounts(
        lock_imported_prospects.workspace_id, locked_account_ids
    );

    perform 1
    from outreach.prospects
    where
        prospects.workspace_id = lock_imported_prospects.workspace_id
        and prospects.prospect_id in (
            select unnest(marked_ids)
            union
            select imported.prospect_id
            from pg_temp.imported_prospects as imported
        )
    order by prospects.prospect_id
    for no key update;
end
$$;
