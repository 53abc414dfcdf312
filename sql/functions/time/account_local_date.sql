-- The account's calendar day at a moment, on which daily limits count.
create or replace function outreach.account_local_date(
    workspace_id bigint,
    account_id bigint,
    at timestamptz
)
returns date
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    local_timezone text;
begin
    select
        outreach.account_timezone(
            accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
            account_local_date.at
        )
    into local_timezone
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = account_local_date.workspace_id
        and accounts.account_id = account_local_date.account_id;

    if not found then
        raise exception 'workspace % has no LinkedIn account %',
            account_local_date.workspace_id, account_local_date.account_id
            using
                errcode = 'no_data_found',
                hint = 'Search for the account in outreach.linkedin_accounts.';
    end if;

    return (account_local_date.at at time zone local_timezone)::date;
end
$$;
