-- The accounts of a workspace with their main facts, for a list.
create or replace function outreach.list_accounts(in_workspace_id bigint)
returns table (
    workspace_id bigint,
    workspace text,
    account_id bigint,
    account text,
    status text,
    timezone text,
    paused_at timestamptz,
    paused_by text,
    paused_reason text,
    last_checked_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        accounts.workspace_id,
        workspaces.name,
        accounts.account_id,
        accounts.name,
        accounts.status,
        outreach.account_timezone(
            accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
            clock_timestamp()
        ),
        accounts.paused_at,
        accounts.paused_by,
        accounts.paused_reason,
        accounts.last_sync_at
    from outreach.linkedin_accounts as accounts
    inner join outreach.workspaces as workspaces
        on accounts.workspace_id = workspaces.workspace_id
    where accounts.workspace_id = in_workspace_id
    order by accounts.account_id;
end
$$;
