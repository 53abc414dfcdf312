-- What was changed of a person, newest first, after a given change: fields, and
-- do-not-contact marks. Security definer: the console reads it, without rights to its
-- tables.
-- kind: fields or mark; seq: its id among its kind. fields: for each changed field its
-- name, what it was and what it became, null for nothing.
create or replace function outreach.console_person_changes(
    in_workspace_id bigint,
    in_prospect_id bigint,
    before_at timestamptz,
    before_kind text,
    before_seq bigint,
    most_rows integer
)
returns table (
    happened_at timestamptz,
    kind text,
    seq bigint,
    what text,
    actor text,
    reason text,
    fields jsonb
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select changes.*
    from (
        select
            edits.changed_at as happened_at,
            'fields'::text as kind,
            edits.change_id as seq,
            'fields changed'::text as what,
            edits.actor,
            null::text as reason,
            (
                select
                    jsonb_agg(
                        jsonb_build_array(
                            named.field,
                            edits.was ->> named.field,
                            edits.became ->> named.field
                        )
                        order by named.field
                    )
                from jsonb_object_keys(edits.was || edits.became) as named (field)
            ) as fields
        from outreach.prospect_field_audit as edits
        where
            edits.workspace_id = in_workspace_id
            and edits.prospect_id = in_prospect_id

        union all

        select
            marks.changed_at,
            'mark',
            marks.audit_id,
            case
                when marks.is_marked then 'marked do-not-contact'
                else 'may be contacted again'
            end,
            marks.actor,
            marks.reason,
            '[]'
        from outreach.do_not_contact_audit as marks
        where
            marks.workspace_id = in_workspace_id
            and marks.prospect_id = in_prospect_id
    ) as changes
    where
        before_at is null
        or (changes.happened_at, changes.kind, changes.seq)
        < (before_at, before_kind, before_seq)
    order by
        changes.happened_at desc,
        changes.kind desc,
        changes.seq desc
    limit most_rows;
end
$$;

revoke execute on function outreach.console_person_changes(
    bigint, bigint, timestamptz, text, bigint, integer
) from public;
grant execute on function outreach.console_person_changes(
    bigint, bigint, timestamptz, text, bigint, integer
) to console;
