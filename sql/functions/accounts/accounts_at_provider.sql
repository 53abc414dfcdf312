-- The accounts that are linked at a provider's address, with the status and status_seq
-- from before a query. Of one workspace or account only, if given.
create or replace function outreach.accounts_at_provider(
    provider_dsn text,
    only_workspace_id bigint default null,
    only_account_id bigint default null
)
returns table (
    workspace_id bigint,
    account_id bigint,
    account_name text,
    status text,
    status_seq bigint,
    provider_account_id text,
    linkedin_identity text
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
        accounts.account_id,
        accounts.name,
        accounts.status,
        accounts.status_seq,
        provider_accounts.provider_account_id,
        provider_accounts.linkedin_identity
    from outreach.linkedin_accounts as accounts
    inner join outreach.provider_accounts
        on
            accounts.workspace_id = provider_accounts.workspace_id
            and accounts.account_id = provider_accounts.account_id
    where
        provider_accounts.provider_dsn = accounts_at_provider.provider_dsn
        and (
            accounts_at_provider.only_workspace_id is null
            or accounts.workspace_id = accounts_at_provider.only_workspace_id
        )
        and (
            accounts_at_provider.only_account_id is null
            or accounts.account_id = accounts_at_provider.only_account_id
        )
    order by
        accounts.workspace_id,
        accounts.account_id;
end
$$;
