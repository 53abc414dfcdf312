-- Whether a webhook waits to be processed, or an account is due to be polled. A
-- schedule calls this before it starts a run.
create or replace function outreach.has_inbound_work(
    provider_dsn text,
    as_of timestamptz default null,
    out has_unread boolean,
    out has_due_polls boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    has_unread := exists (
        select 1
        from outreach.linkedin_webhook_inbox as inbox
        where
            inbox.quarantine_reason is null
            or (
                inbox.quarantine_reason = 'unknown account'
                and inbox.provider_account_id in (
                    select accounts.provider_account_id
                    from outreach.provider_accounts as accounts
                    union all
                    select links.from_provider_account_id
                    from outreach.provider_account_links as links
                )
            )
    );

    has_due_polls := exists (
        select 1
        from outreach.accounts_to_poll(
            has_inbound_work.provider_dsn, has_inbound_work.as_of
        )
    );
end
$$;
