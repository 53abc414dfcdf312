-- The accounts to which people may have replied without our knowledge at a moment: all of
-- them while webhooks are not read (outreach.are_webhooks_unread), and those whose
-- messages were never read, or longer ago than outreach.reply_polls.steps_wait_after,
-- whether or not a webhook tells of them: it may not have come. The provider served every
-- reply that is older than that to a poll. blocker: read_budget_spent for an account that
-- may not look for replies for a while, because the calls of its day for it are used up or
-- the provider's own limit holds them, with lifts_at; else replies_not_read.
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
    unread_account_ids constant bigint [] := array(
        select distinct given.account_id
        from unnest(unread_replies.account_ids) as given (account_id)
        left join outreach.reply_polls as polls
            on
                polls.workspace_id = unread_replies.workspace_id
                and given.account_id = polls.account_id
        where coalesce(
            polls.read_until < unread_replies.at - polls.steps_wait_after, true
        )
    );
begin
    if not are_all_unread and unread_account_ids = '{}' then
        return;
    end if;

    return query
    select
        asked.account_id,
        case
            when budgets.pages = 0 then 'read_budget_spent'
            else 'replies_not_read'
        end,
        budgets.lifts_at
    from (
        select distinct given.account_id
        from unnest(
            case when are_all_unread then account_ids else unread_account_ids end
        ) as given (account_id)
    ) as asked
    left join outreach.read_pages_allowed(
        unread_replies.workspace_id, unread_account_ids, null, unread_replies.at, 'replies'
    ) as budgets
        on asked.account_id = budgets.account_id;
end
$$;
