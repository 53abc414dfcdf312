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
        closes_at := case
            when opens_at = at
                then
                    (outreach.sending_window_at(workspace_id, account_id, at)).closes
                    - time '00:00'
        end;

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
