-- People of a workspace whom an import's rows mark do-not-contact, refused rows too, and
-- why; who is marked already is left out.
create or replace function outreach.people_marked_by_import(workspace_id bigint)
returns table (prospect_id bigint, reason text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        prospects.prospect_id,
        min(coalesce(imported.mark_reason, 'marked in an imported file'))
    from pg_temp.imported_prospects as imported
    cross join lateral (
        select by_key.prospect_id
        from outreach.prospects as by_key
        where
            by_key.workspace_id = people_marked_by_import.workspace_id
            and by_key.prospect_id = imported.prospect_id
            and by_key.do_not_contact_at is null

        union

        select by_id.prospect_id
        from outreach.prospects as by_id
        where
            by_id.workspace_id = people_marked_by_import.workspace_id
            and by_id.provider_id = imported.provider_id
            and by_id.do_not_contact_at is null

        union

        select by_name.prospect_id
        from outreach.prospects as by_name
        where
            by_name.workspace_id = people_marked_by_import.workspace_id
            and by_name.public_identifier = imported.public_identifier
            and by_name.do_not_contact_at is null
    ) as prospects
    where imported.is_do_not_contact
    group by prospects.prospect_id;
end
$$;
