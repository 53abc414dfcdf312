-- A workspace's accounts with the facts that decide whether a campaign can use them.
create or replace function outreach.accounts_that_could_send(workspace_id bigint)
returns table (
    account_id bigint,
    name text,
    first_name text,
    last_name text,
    status text,
    has_premium boolean,
    has_windows boolean,
    limited_actions text []
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        accounts.account_id,
        accounts.name,
        accounts.first_name,
        accounts.last_name,
        accounts.status,
        accounts.has_premium,
        exists (
            select 1
            from outreach.linkedin_account_sending_windows as windows
            where
                windows.workspace_id = accounts_that_could_send.workspace_id
                and windows.account_id = accounts.account_id
        ) as has_windows,
        array(
            select limits.action
            from outreach.linkedin_account_limits as limits
            where
                limits.workspace_id = accounts_that_could_send.workspace_id
                and limits.account_id = accounts.account_id
                and limits.per = 'day'
        ) as limited_actions
    from outreach.linkedin_accounts as accounts
    where accounts.workspace_id = accounts_that_could_send.workspace_id
    order by accounts.account_id;
end
$$;
