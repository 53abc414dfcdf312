-- The newest 200 companies and email domains of a workspace whose people are not
-- contacted. Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_do_not_contact_rules(in_workspace_id bigint)
returns table (
    kind text,
    written text,
    reason text,
    actor text,
    created_at timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        rules.kind,
        rules.written,
        rules.reason,
        rules.actor,
        rules.created_at
    from outreach.do_not_contact_rules as rules
    where rules.workspace_id = in_workspace_id
    order by
        rules.created_at desc,
        rules.kind,
        rules.value
    limit 200;
end
$$;

revoke execute on function outreach.console_do_not_contact_rules(bigint) from public;
grant execute on function outreach.console_do_not_contact_rules(bigint) to console;
