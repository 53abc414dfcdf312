-- What keeps a forecast's account from contacting people because its replies are not read
-- at a moment, with the names of outreach.action_gates(), and until when: the moment at
-- which it may read again, or a minute for the next look. Null if nothing does.
create or replace function outreach.simulated_reading(
    workspace_id bigint,
    account_id bigint,
    at timestamptz,
    out blocker text,
    out lifts_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
    select spent.lifts_at
    into lifts_at
    from outreach.spent_reply_budgets(workspace_id, array[account_id], at) as spent;

    if lifts_at is not null then
        blocker := 'read_budget_spent';
    elsif outreach.are_webhooks_unread() or exists (
        select 1
        from outreach.reply_polls as polls
        where
            polls.workspace_id = simulated_reading.workspace_id
            and polls.account_id = simulated_reading.account_id
            and polls.read_until < at - polls.read_within
    ) then
        blocker := 'replies_not_read';
        lifts_at := at + interval '1 minute';
    end if;
end
$$;
