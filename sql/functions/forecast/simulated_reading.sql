-- What keeps these accounts from contacting people in a forecast because their replies
-- are not read at a moment, with the names of outreach.action_gates(), and until when: the
-- moment at which they may read again, or a minute for the next look. One row for each
-- account that is kept.
create or replace function outreach.simulated_reading(
    workspace_id bigint,
    account_ids bigint [],
    at timestamptz
)
returns table (account_id bigint, blocker text, lifts_at timestamptz)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    has_unread constant boolean := outreach.are_webhooks_unread();
begin
    return query
    select
        asked.account_id,
        case
            when spent.lifts_at is not null then 'read_budget_spent'
            else 'replies_not_read'
        end,
        coalesce(spent.lifts_at, simulated_reading.at + interval '1 minute')
    from unnest(simulated_reading.account_ids) as asked (account_id)
    left join outreach.spent_reply_budgets(
        simulated_reading.workspace_id, simulated_reading.account_ids,
        simulated_reading.at
    ) as spent
        on asked.account_id = spent.account_id
    where
        spent.lifts_at is not null
        or has_unread
        or exists (
            select 1
            from outreach.reply_polls as polls
            where
                polls.workspace_id = simulated_reading.workspace_id
                and polls.account_id = asked.account_id
                and polls.read_until < simulated_reading.at - polls.read_within
        );
end
$$;
