-- Whether a delivery is not read yet, or is a message whose reply is not recorded yet.
-- A delivery names its account inside its body, so it may be of any account.
create or replace function outreach.are_webhooks_unread()
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select 1
        from outreach.linkedin_webhook_inbox as inbox
        where inbox.quarantine_reason is null
        offset 0
    );
end
$$;
