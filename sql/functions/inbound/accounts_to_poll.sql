-- Accounts whose lists should be read now, at a provider's address: after each
-- outreach.last_poll_moment, and at once after each connection of the account. The
-- chats are read last, so a read of them marks a complete round. Not while the account's
-- budget for reading lists is spent.
create or replace function outreach.accounts_to_poll(
    provider_dsn text,
    as_of timestamptz default null
)
returns table (
    workspace_id bigint,
    account_id bigint,
    provider_account_id text,
    linkedin_identity text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    moment constant timestamptz := coalesce(as_of, clock_timestamp());
begin
    return query
    select
        accounts.workspace_id,
        accounts.account_id,
        provider_accounts.provider_account_id,
        provider_accounts.linkedin_identity
    from outreach.linkedin_accounts as accounts
    inner join outreach.provider_accounts
        on
            accounts.workspace_id = provider_accounts.workspace_id
            and accounts.account_id = provider_accounts.account_id
    left join outreach.provider_read_budgets as budgets
        on
            provider_accounts.provider_version = budgets.provider_version
            and budgets.purpose = 'lists'
    left join outreach.provider_read_spending as spending
        on
            accounts.workspace_id = spending.workspace_id
            and accounts.account_id = spending.account_id
            and spending.purpose = 'lists'
    cross join lateral (
        select
            outreach.last_poll_moment(
                accounts.workspace_id, accounts.account_id, moment
            ) as at
    ) as due
    cross join lateral (
        select max(reads.started_at) as at
        from outreach.provider_reads as reads
        where
            reads.workspace_id = accounts.workspace_id
            and reads.account_id = accounts.account_id
            and reads.list = 'inbox'
    ) as polled
    cross join lateral (
        select max(audit.flipped_at) as at
        from outreach.linkedin_account_status_audit as audit
        where
            audit.workspace_id = accounts.workspace_id
            and audit.account_id = accounts.account_id
            and audit.to_status in ('connected', 'degraded', 'partial')
            and audit.flipped_at <= moment
    ) as connected
    where
        provider_accounts.provider_dsn = accounts_to_poll.provider_dsn
        and outreach.may_use_product(
            accounts.status, accounts.product_states, 'classic'
        )
        and outreach.read_calls_left(
            budgets.calls_per_day, spending.counted_on, spending.calls,
            spending.held_until, accounts.timezone, moment
        ) is distinct from 0
        and (
            polled.at is null
            or polled.at < due.at
            or polled.at < connected.at
        )
    order by
        accounts.workspace_id,
        accounts.account_id;
end
$$;
