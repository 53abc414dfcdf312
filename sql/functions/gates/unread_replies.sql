-- The accounts to which people may have replied without our knowledge at a moment: all of
-- them while webhooks are not read (outreach.are_webhooks_unread), and those whose
-- messages were never read, or longer ago than outreach.reply_polls.steps_wait_after,
-- whether or not a webhook tells of them: it may not have come. The provider served every
-- reply that is older than that to a poll. blocker: read_budget_spent for an account that may not look
-- for replies for a while, because the calls of its day for it are used up or the
-- provider's own limit holds them, with lifts_at; else replies_not_read.
create or replace function outreach.unread_replies(
    workspace_id bigint,
    account_ids bigint [],
    at timestamptz
)
returns table (account_id bigint, blocker text, lifts_at timestamptz)
language plpgsql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    are_all_unread constant boolean := outreach.are_webhooks_unread();
begin
    return query
    select
        asked.account_id,
        case
            when budgets.lifts_at is not null then 'read_budget_spent'
            else 'replies_not_read'
        end,
        budgets.lifts_at
    from (
        select distinct
            given.account_id,
            coalesce(
                polls.read_until < unread_replies.at - polls.steps_wait_after, true
            ) as is_unread
        from unnest(unread_replies.account_ids) as given (account_id)
        left join outreach.reply_polls as polls
            on
                polls.workspace_id = unread_replies.workspace_id
                and given.account_id = polls.account_id
    ) as asked
    left join lateral (
        select
            outreach.read_budget_lifts_at(
                spending.held_until, accounts.timezone, unread_replies.at
            ) as lifts_at
        from outreach.provider_read_spending as spending
        inner join outreach.linkedin_accounts as accounts
            on
                accounts.workspace_id = unread_replies.workspace_id
                and spending.account_id = accounts.account_id
        inner join outreach.provider_accounts as linked
            on
                linked.workspace_id = unread_replies.workspace_id
                and spending.account_id = linked.account_id
        inner join outreach.provider_read_budgets as allowed
            on
                linked.provider_version = allowed.provider_version
                and spending.purpose = allowed.purpose
        where
            spending.workspace_id = unread_replies.workspace_id
            and asked.is_unread
            and spending.account_id = asked.account_id
            and spending.purpose = 'replies'
            and outreach.is_read_budget_spent(
                allowed.calls_per_day, spending.counted_on, spending.calls,
                spending.held_until, accounts.timezone, unread_replies.at
            )
        offset 0 -- looked up for accounts whose messages are not read only
    ) as budgets on true
    where
        are_all_unread
        or asked.is_unread;
end
$$;
