-- Connected accounts at a provider's address whose new messages should be read now: no
-- webhook at our own address tells of them (outreach.accounts_told_of_messages), and
-- their last read is older than half of outreach.reply_polls.read_within, 2.5 minutes
-- by default. The provider serves messages from its own store, so this is no burden for
-- LinkedIn. read_since: everything since then is read; an hour is left for messages
-- that the provider stores late, and a week at first and after each connection, because
-- the provider then tells what it had missed.
create or replace function outreach.accounts_to_poll_for_replies(
    provider_dsn text,
    request_url text default null,
    as_of timestamptz default null
)
returns table (
    workspace_id bigint,
    account_id bigint,
    provider_account_id text,
    linkedin_identity text,
    read_since timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
begin
    return query
    select
        accounts.workspace_id,
        accounts.account_id,
        provider_accounts.provider_account_id,
        provider_accounts.linkedin_identity,
        case
            when polls.read_until > coalesce(flips.connected_at, '-infinity')
                then polls.read_until - interval '1 hour'
            else at - interval '168 hours'
        end
    from outreach.linkedin_accounts as accounts
    inner join outreach.provider_accounts
        on
            accounts.workspace_id = provider_accounts.workspace_id
            and accounts.account_id = provider_accounts.account_id
    left join outreach.reply_polls as polls
        on
            accounts.workspace_id = polls.workspace_id
            and accounts.account_id = polls.account_id
    left join lateral (
        select max(audit.flipped_at) as connected_at
        from outreach.linkedin_account_status_audit as audit
        where
            audit.workspace_id = accounts.workspace_id
            and audit.account_id = accounts.account_id
            and audit.to_status in ('connected', 'degraded', 'partial')
            and audit.flipped_at <= at
    ) as flips on true
    where
        provider_accounts.provider_dsn = accounts_to_poll_for_replies.provider_dsn
        and outreach.may_use_product(
            accounts.status, accounts.product_states, 'classic'
        )
        and not exists (
            select 1
            from outreach.accounts_told_of_messages(
                accounts_to_poll_for_replies.provider_dsn, request_url, at
            ) as told
            where
                told.workspace_id = accounts.workspace_id
                and told.account_id = accounts.account_id
        )
        and (
            polls.read_until is null
            or polls.read_until <= at - polls.read_within / 2
            or polls.read_until <= flips.connected_at
        )
    order by
        accounts.workspace_id,
        accounts.account_id;
end
$$;
