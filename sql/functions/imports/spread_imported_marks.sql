-- Spreads the do-not-contact marks of an import: a mark in any row of a person applies
-- to all of them, and a rule about a company or an email domain marks its people.
create or replace function outreach.spread_imported_marks(workspace_id bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    if exists (
        select 1
        from outreach.do_not_contact_rules as rules
        where rules.workspace_id = spread_imported_marks.workspace_id
    ) then
        perform outreach.mark_imported_by_rules(spread_imported_marks.workspace_id);
    end if;

    if not exists (
        select 1
        from pg_temp.imported_prospects as imported
        where imported.is_do_not_contact
    ) then
        return;
    end if;

    -- One key per join, because a join on any of the keys would be a nested loop.
    update pg_temp.imported_prospects as imported
    set
        is_do_not_contact = true,
        mark_reason = marked.mark_reason
    from pg_temp.imported_prospects as marked
    where
        marked.is_do_not_contact
        and marked.prospect_id = imported.prospect_id
        and not imported.is_do_not_contact;

    update pg_temp.imported_prospects as imported
    set
        is_do_not_contact = true,
        mark_reason = marked.mark_reason
    from pg_temp.imported_prospects as marked
    where
        marked.is_do_not_contact
        and marked.provider_id = imported.provider_id
        and not imported.is_do_not_contact;

    update pg_temp.imported_prospects as imported
    set
        is_do_not_contact = true,
        mark_reason = marked.mark_reason
    from pg_temp.imported_prospects as marked
    where
        marked.is_do_not_contact
        and marked.public_identifier = imported.public_identifier
        and not imported.is_do_not_contact;
end
$$;
