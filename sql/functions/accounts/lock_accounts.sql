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
declare
    next_id bigint;
begin
    for next_id in
        select distinct asked.account_id
        from unnest(lock_accounts.account_ids) as asked (account_id)
        where asked.account_id is not null
        order by asked.account_id
    loop
        perform outreach.lock_account(
            lock_accounts.workspace_id, next_id, must_exist => false
        );
    end loop;
end
$$;
