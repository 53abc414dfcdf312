-- Whether a webhook waits to be processed, or is of an account that is known by now. The
-- loop over webhooks calls this each second.
create or replace function outreach.has_unread_webhooks()
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
    return outreach.are_webhooks_unread() or exists (
        select 1
        from outreach.linkedin_webhook_inbox as inbox
        where
            inbox.quarantine_reason = 'unknown account'
            and inbox.provider_account_id in (
                select accounts.provider_account_id
                from outreach.provider_accounts as accounts
                union all
                select links.from_provider_account_id
                from outreach.provider_account_links as links
            )
    );
end
$$;
