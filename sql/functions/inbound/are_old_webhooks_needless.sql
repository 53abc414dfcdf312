-- Whether the webhooks of an address of version 1 tell nothing that is needed any more:
-- its accounts have all moved to version 2, and a webhook of version 2 has come since the
-- last of them did. Until then they stay, because an endpoint that was made may not
-- deliver.
create or replace function outreach.are_old_webhooks_needless(provider_dsn text)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    moved_at timestamptz;
begin
    select max(links.linked_at)
    into moved_at
    from outreach.provider_account_links as links
    where
        links.from_provider_dsn = are_old_webhooks_needless.provider_dsn
        and links.from_provider_dsn not like '%/v2'
        and links.to_provider_dsn like '%/v2';

    return
        moved_at is not null
        and not exists (
            select 1
            from outreach.accounts_at_provider(
                are_old_webhooks_needless.provider_dsn
            ) as accounts
            where accounts.status <> 'deleted'
        )
        and exists (
            select 1
            from outreach.linkedin_webhook_deliveries as deliveries
            where
                deliveries.api_version = 2
                and deliveries.received_at > moved_at
        );
end
$$;
