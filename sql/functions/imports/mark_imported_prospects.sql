-- Marks people do-not-contact by an import's rows, including refused rows. Returns the
-- number of cancelled jobs. The caller holds the locks of
-- outreach.lock_imported_prospects().
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
            array_agg(marked.prospect_id) as prospect_ids
        from outreach.people_marked_by_import(
            mark_imported_prospects.workspace_id
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
