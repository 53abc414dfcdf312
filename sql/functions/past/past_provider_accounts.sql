-- The provider id and address of each account at a past moment, from the appended rows of its
-- links. An account without such rows has had one link, the present one.
create or replace function outreach.past_provider_accounts(at timestamptz)
returns setof outreach.provider_accounts
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    links as (

        select distinct on (workspace_id, account_id)
            workspace_id,
            account_id,
            to_provider_account_id,
            to_provider_dsn
        from outreach.provider_account_links
        where linked_at <= past_provider_accounts.at
        order by
            workspace_id,
            account_id,
            link_id desc

    ),

    rebuilt as (

        select
            linked.linkedin_identity,
            linked.workspace_id,
            linked.account_id,
            linked.linked_at,
            coalesce(links.to_provider_account_id, linked.provider_account_id)
                as provider_account_id,
            coalesce(links.to_provider_dsn, linked.provider_dsn) as provider_dsn,
            case
                when coalesce(links.to_provider_dsn, linked.provider_dsn) like '%/v2'
                    then 2
                else 1
            end as provider_version
        from outreach.provider_accounts as linked
        left join links using (workspace_id, account_id)
        where linked.linked_at <= past_provider_accounts.at

    )

    select past.*
    from rebuilt
    cross join lateral jsonb_populate_record(
        null::outreach.provider_accounts, to_jsonb(rebuilt)
    ) as past;
end
$$;
