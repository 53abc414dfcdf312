-- The do-not-contact mark of a person: since when, by whom and why, and as a sentence.
-- No row if the person is not marked.
create or replace function outreach.do_not_contact_mark(
    in_workspace_id bigint,
    wanted_prospect_id bigint
)
returns table (
    marked_at timestamptz,
    actor text,
    reason text,
    sentence text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        audit.changed_at,
        audit.actor,
        audit.reason,
        format(
            'Marked do-not-contact since %s UTC by %s: %s.',
            to_char(audit.changed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
            audit.actor,
            rtrim(audit.reason, '.')
        )
    from outreach.do_not_contact_audit as audit
    inner join outreach.prospects
        on
            prospects.workspace_id = in_workspace_id
            and audit.prospect_id = prospects.prospect_id
    where
        audit.workspace_id = in_workspace_id
        and audit.prospect_id = wanted_prospect_id
        and audit.is_marked
        and prospects.do_not_contact_at is not null
    order by audit.audit_id desc
    limit 1;
end
$$;
