-- The accounts at a provider's address that are connected in some way, and whose row in
-- outreach.reply_polls is missing or does not say whether a webhook at our own address
-- tells of their messages (outreach.accounts_told_of_messages). request_url: our address;
-- null without one.
create or replace function outreach.changed_reply_polls(
    provider_dsn text,
    request_url text,
    at timestamptz
)
returns table (workspace_id bigint, account_id bigint, is_told boolean)
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
        told.account_id is not null
    from outreach.linkedin_accounts as accounts
    inner join outreach.provider_accounts
        on
            accounts.workspace_id = provider_accounts.workspace_id
            and accounts.account_id = provider_accounts.account_id
    left join outreach.accounts_told_of_messages(
        changed_reply_polls.provider_dsn, request_url, changed_reply_polls.at
    ) as told
        on
            accounts.workspace_id = told.workspace_id
            and accounts.account_id = told.account_id
    left join outreach.reply_polls as polls
        on
            accounts.workspace_id = polls.workspace_id
            and accounts.account_id = polls.account_id
    where
        provider_accounts.provider_dsn = changed_reply_polls.provider_dsn
        and accounts.status in ('connected', 'degraded', 'partial')
        and (
            polls.account_id is null
            or polls.is_told <> (told.account_id is not null)
        );
end
$$;
