-- The window of each of some accounts: when one opens next, and when the open one
-- closes. Security definer: the console reads it, without rights to its tables.
-- opens_at: the moment itself while a window is open, null without windows. closes_at:
-- local time since midnight, up to 24 hours; null while none is open.
create or replace function outreach.console_account_openings(
    workspace_ids bigint [],
    account_ids bigint [],
    at timestamptz
)
returns table (
    workspace_id bigint,
    account_id bigint,
    opens_at timestamptz,
    closes_at interval
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
    for workspace_id, account_id in
        select
            wanted.workspace_id,
            wanted.account_id
        from unnest(workspace_ids, account_ids) as wanted (workspace_id, account_id)
    loop
        opens_at := (outreach.account_openings(workspace_id, account_id, at)).opens_at;
        closes_at := null;

        if opens_at = at then
            select limits.closes - time '00:00'
            into closes_at
            from outreach.limits_at(
                workspace_id, array[account_id], array['send_invite'], at
            ) as limits;
        end if;

        return next;
    end loop;
end
$$;

revoke execute on function outreach.console_account_openings(
    bigint [], bigint [], timestamptz
) from public;
grant execute on function outreach.console_account_openings(
    bigint [], bigint [], timestamptz
) to console;
