-- Marks people do-not-contact by an import's rows, including refused rows. Returns the
-- number of cancelled jobs.
create or replace function outreach.mark_imported_prospects(
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
    marks record;
    cancelled_count bigint := 0;
begin
    for marks in
        select
            marked.reason,
            array_agg(distinct marked.prospect_id) as prospect_ids
        from (
            select
                prospects.prospect_id,
                min(coalesce(imported.mark_reason, 'marked in an imported file'))
                as reason
            from pg_temp.imported_prospects as imported
            cross join lateral (
                select by_key.prospect_id
                from outreach.prospects as by_key
                where
                    by_key.workspace_id = mark_imported_prospects.workspace_id
                    and by_key.prospect_id = imported.prospect_id
                    and by_key.do_not_contact_at is null

                union

                select by_id.prospect_id
                from outreach.prospects as by_id
                where
                    by_id.workspace_id = mark_imported_prospects.workspace_id
                    and by_id.provider_id = imported.provider_id
                    and by_id.do_not_contact_at is null

                union

                select by_name.prospect_id
                from outreach.prospects as by_name
                where
                    by_name.workspace_id = mark_imported_prospects.workspace_id
                    and by_name.public_identifier = imported.public_identifier
                    and by_name.do_not_contact_at is null
            ) as prospects
            where imported.is_do_not_contact
            group by prospects.prospect_id
        ) as marked
        group by marked.reason
        order by marked.reason
    loop
        cancelled_count := cancelled_count + outreach.mark_many_do_not_contact(
            mark_imported_prospects.workspace_id, marks.prospect_ids, marks.reason,
            mark_imported_prospects.actor, mark_imported_prospects.as_of
        );
    end loop;

    return cancelled_count;
end
$$;
