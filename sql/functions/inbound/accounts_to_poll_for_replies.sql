-- Accounts at a provider's address that may act with a product, and whose new messages
-- should be read now, because their last read is older than half of
-- outreach.reply_polls.steps_wait_after.
-- That is 2.5 minutes, and 7.5 where a webhook tells of them, unless set otherwise.
-- Version 1 serves messages from its own store, so this is no burden for LinkedIn.
-- Version 2 asks LinkedIn at each read, within the account's budget: as often while a step
-- is due within two minutes, else once an hour. Where a webhook tells of an account's
-- messages they are read once a day while no step is due, whichever the version.
-- read_since: everything since then is read (outreach.messages_read_since); in version 1
-- an hour is left for messages that the provider stores late. inboxes: where
-- (outreach.inboxes_to_read). asked_at: the moment of this answer. Accounts with a due step
-- come first.
create or replace function outreach.accounts_to_poll_for_replies(
    provider_dsn text,
    as_of timestamptz default null
)
returns table (
    workspace_id bigint,
    account_id bigint,
    provider_account_id text,
    linkedin_identity text,
    read_since timestamptz,
    inboxes text [],
    asked_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    asked_workspace_id bigint;
    linked_account_ids bigint [];
    due_account_ids bigint [];
begin
    for asked_workspace_id in
        select distinct linked.workspace_id
        from outreach.provider_accounts as linked
        where linked.provider_dsn = accounts_to_poll_for_replies.provider_dsn
        order by linked.workspace_id
    loop
        linked_account_ids := array(
            select linked.account_id
            from outreach.provider_accounts as linked
            where
                linked.provider_dsn = accounts_to_poll_for_replies.provider_dsn
                and linked.workspace_id = asked_workspace_id
        );
        due_account_ids := array(
            select polls.account_id
            from outreach.reply_polls as polls
            where
                polls.workspace_id = asked_workspace_id
                and polls.read_until <= at - polls.steps_wait_after / 2
        );
        due_account_ids := array(
            select due.account_id
            from outreach.accounts_with_steps_due(
                asked_workspace_id, due_account_ids, at + interval '2 minutes'
            ) as due (account_id)
        );

        return query
        select
            accounts.workspace_id,
            accounts.account_id,
            provider_accounts.provider_account_id,
            provider_accounts.linkedin_identity,
            since.read_since,
            readable.inboxes,
            at
        from outreach.linkedin_accounts as accounts
        inner join outreach.provider_accounts
            on
                accounts.workspace_id = provider_accounts.workspace_id
                and accounts.account_id = provider_accounts.account_id
        left join outreach.reply_polls as polls
            on
                polls.workspace_id = asked_workspace_id
                and accounts.account_id = polls.account_id
        left join outreach.provider_read_budgets as budgets
            on
                provider_accounts.provider_version = budgets.provider_version
                and budgets.purpose = 'replies'
        left join outreach.provider_read_spending as spending
            on
                spending.workspace_id = asked_workspace_id
                and accounts.account_id = spending.account_id
                and spending.purpose = 'replies'
        inner join outreach.messages_read_since(
            asked_workspace_id, linked_account_ids, at
        ) as since
            on accounts.account_id = since.account_id
        inner join outreach.inboxes_to_read(
            asked_workspace_id, linked_account_ids
        ) as readable
            on accounts.account_id = readable.account_id
        where
            accounts.workspace_id = asked_workspace_id
            and provider_accounts.provider_dsn
            = accounts_to_poll_for_replies.provider_dsn
            and readable.inboxes <> '{}'
            and outreach.read_calls_left(
                budgets.calls_per_day, spending.counted_on, spending.calls,
                spending.held_until, accounts.timezone, at
            ) is distinct from 0
            and (
                since.is_behind
                or polls.read_until <= at - case
                    when accounts.account_id = any(due_account_ids)
                        then polls.steps_wait_after / 2
                    when polls.is_told then interval '1 day'
                    when budgets.calls_per_day is not null then interval '1 hour'
                    else polls.steps_wait_after / 2
                end
            )
        order by
            accounts.account_id <> all(due_account_ids),
            accounts.account_id;
    end loop;
end
$$;
