-- Locks an account and returns its row as of the lock. Raises if the account does not
-- exist, unless must_exist is false. The caller reads other rows of the account in a
-- later statement.
-- The look-up has scalar parameters, so that a session keeps its plan: the trigger on
-- send_attempts calls it for each row.
create or replace function outreach.lock_account(
    workspace_id bigint,
    account_id bigint,
    must_exist boolean default true
)
returns outreach.linkedin_accounts
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    account outreach.linkedin_accounts;
begin
    select accounts.*
    into account
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = lock_account.workspace_id
        and accounts.account_id = lock_account.account_id
    for no key update;

    if not found and must_exist then
        raise exception 'workspace % has no LinkedIn account %',
            lock_account.workspace_id, lock_account.account_id
            using
                errcode = 'no_data_found',
                hint = 'Search for the account in outreach.linkedin_accounts.';
    end if;

    return account;
end
$$;
