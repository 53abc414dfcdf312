-- What was not read of these accounts and keeps them from these actions at a moment, and
-- until when: replies (outreach.unread_replies) from those that contact a person, and the
-- pending invites from withdrawals: any may need that list, because the invite's id is not
-- known or turns out to be old. needed_by:
-- the account and the kind of action, as in outreach.needs_read; each is named once.
create or replace function outreach.unread_lists(
    workspace_id bigint,
    account_ids bigint [],
    actions text [],
    at timestamptz
)
returns table (needed_by text, blocker text, lifts_at timestamptz)
language plpgsql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        outreach.needs_read(reads.account_id, 'send_message'),
        reads.blocker,
        reads.lifts_at
    from outreach.unread_replies(
        unread_lists.workspace_id, unread_lists.account_ids, unread_lists.at
    ) as reads;

    if 'withdraw_invite' = any(unread_lists.actions) then
        return query
        select
            outreach.needs_read(walks.account_id, 'withdraw_invite'),
            'read_budget_spent',
            walks.lifts_at
        from outreach.read_pages_allowed(
            unread_lists.workspace_id,
            array(
                select distinct asked.account_id
                from unnest(unread_lists.account_ids, unread_lists.actions)
                as asked (account_id, action)
                where asked.action = 'withdraw_invite'
            ),
            'sent_invitations',
            unread_lists.at,
            'sends'
        ) as walks
        where walks.pages = 0;
    end if;
end
$$;
