-- Locks accounts of a workspace in the common order. The caller reads their rows in a
-- later statement, which sees changes that were committed during the wait.
create or replace function outreach.lock_accounts(
    workspace_id bigint,
    account_ids bigint []
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform 1
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = lock_accounts.workspace_id
        and accounts.account_id = any(lock_accounts.account_ids)
    order by accounts.account_id
    for no key update;
end
$$;
