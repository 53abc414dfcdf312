-- The account with this provider id: the one that has it now, else the one that had it
-- last. An account that was added again has a new id, and events with the old id can
-- arrive days later.
create or replace function outreach.account_of_provider_id(provider_account_id text)
returns table (
    workspace_id bigint,
    account_id bigint,
    linkedin_identity text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
begin
    return query
    select
        found.workspace_id,
        found.account_id,
        found.linkedin_identity
    from (
        select
            accounts.workspace_id,
            accounts.account_id,
            accounts.linkedin_identity,
            'infinity'::timestamptz as until
        from outreach.provider_accounts as accounts
        where accounts.provider_account_id = account_of_provider_id.provider_account_id
        union all
        select
            links.workspace_id,
            links.account_id,
            links.linkedin_identity,
            links.linked_at as until
        from outreach.provider_account_links as links
        where
            links.from_provider_account_id
            = account_of_provider_id.provider_account_id
    ) as found
    order by found.until desc
    limit 1;
end
$$;
