-- The accounts whose messages were read too long ago and that may not look for replies
-- any more for a while, because the calls of their day for it are used up or the
-- provider's own limit holds them, and until when.
create or replace function outreach.spent_reply_budgets(
    workspace_id bigint,
    account_ids bigint [],
    at timestamptz
)
returns table (account_id bigint, lifts_at timestamptz)
language plpgsql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        accounts.account_id,
        outreach.read_budget_lifts_at(
            spending.held_until, accounts.timezone, spent_reply_budgets.at
        )
    from outreach.provider_read_spending as spending
    inner join outreach.reply_polls as polls
        on
            polls.workspace_id = spent_reply_budgets.workspace_id
            and spending.account_id = polls.account_id
            and polls.read_until < spent_reply_budgets.at - polls.read_within
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = spent_reply_budgets.workspace_id
            and spending.account_id = accounts.account_id
    inner join outreach.provider_accounts as linked
        on
            linked.workspace_id = spent_reply_budgets.workspace_id
            and spending.account_id = linked.account_id
    inner join outreach.provider_read_budgets as budgets
        on
            linked.provider_version = budgets.provider_version
            and spending.purpose = budgets.purpose
    where
        spending.workspace_id = spent_reply_budgets.workspace_id
        and spending.account_id = any(spent_reply_budgets.account_ids)
        and spending.purpose = 'replies'
        and outreach.is_read_budget_spent(
            budgets.calls_per_day, spending.counted_on, spending.calls,
            spending.held_until, accounts.timezone, spent_reply_budgets.at
        );
end
$$;
