-- Stores the secrets of our endpoints at the provider as its complete list has them, and
-- empties those of endpoints at this address that it does not have any more.
-- endpoints: rows of webhook_id, application_id and secret. The provider makes them; one
-- without a secret changes nothing.
create or replace function outreach.store_webhook_secrets(
    provider_dsn text,
    request_url text,
    endpoints jsonb,
    as_of timestamptz default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
begin
    insert into outreach.provider_webhook_secrets (
        provider_dsn, webhook_id, request_url, application_id, secret, stored_at
    )
    select
        store_webhook_secrets.provider_dsn,
        given.webhook_id,
        store_webhook_secrets.request_url,
        given.application_id,
        given.secret,
        at
    from jsonb_to_recordset(endpoints) as given (
        webhook_id text,
        application_id text,
        secret text
    )
    where given.secret <> ''
    on conflict (provider_dsn, webhook_id) do update set
        request_url = excluded.request_url,
        application_id = excluded.application_id,
        secret = excluded.secret,
        stored_at = excluded.stored_at,
        retired_at = null;

    update outreach.provider_webhook_secrets as secrets
    set
        secret = '',
        retired_at = at
    where
        secrets.provider_dsn = store_webhook_secrets.provider_dsn
        and secrets.request_url = store_webhook_secrets.request_url
        and secrets.retired_at is null
        and not exists (
            select 1
            from jsonb_to_recordset(endpoints) as given (webhook_id text)
            where given.webhook_id = secrets.webhook_id
        );
end
$$;
