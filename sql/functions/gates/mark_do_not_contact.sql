-- Marks a person do-not-contact: see outreach.mark_many_do_not_contact().
-- Returns the number of cancelled jobs.
create or replace function outreach.mark_do_not_contact(
    workspace_id bigint,
    prospect_id bigint,
    reason text,
    actor text,
    at timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    if not exists (
        select 1
        from outreach.prospects
        where
            prospects.workspace_id = mark_do_not_contact.workspace_id
            and prospects.prospect_id = mark_do_not_contact.prospect_id
    ) then
        raise exception 'workspace % has no person %',
            mark_do_not_contact.workspace_id, mark_do_not_contact.prospect_id
            using
                errcode = 'no_data_found',
                hint = 'Search for the person in outreach.prospects.';
    end if;

    return outreach.mark_many_do_not_contact(
        mark_do_not_contact.workspace_id, array[mark_do_not_contact.prospect_id],
        mark_do_not_contact.reason, mark_do_not_contact.actor, mark_do_not_contact.at
    );
end
$$;
