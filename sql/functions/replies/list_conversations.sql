-- The people who accepted an invite of an account or wrote to it, one row for each
-- account and person: conversations with something unread first, then by latest_at, the
-- newest message of the person, or the accept where there is none. Each filter is null
-- for all.
-- person: LinkedIn's id, which the other functions of conversations take. name is the
-- person's own, or what the provider called the writer; null where neither is known.
-- campaign_id: of the newest enrollment with this account; null in no campaign.
-- last_message, last_message_at: the newest message of either side.
-- answer_status: of the newest answer's job, while it is not sent; null otherwise.
-- before: the last row of the page before this one, as is_unread, latest_at, account_id
-- and person of that row; null for the first page.
create or replace function outreach.list_conversations(
    workspace_id bigint,
    of_account_id bigint default null,
    of_campaign_id bigint default null,
    only_unread boolean default false,
    page_size integer default 100,
    before jsonb default null
)
returns setof outreach.shown_conversation
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    -- The page, in its order.
    account_ids bigint [];
    people text [];
    moments timestamptz [];
    replies timestamptz [];
    are_unread boolean [];
    marks bigint [];
begin
    select
        array_agg(page.account_id),
        array_agg(page.person),
        array_agg(page.latest_at),
        array_agg(page.replied_at),
        array_agg(page.is_unread),
        array_agg(page.read_to_event_id)
    into
        account_ids,
        people,
        moments,
        replies,
        are_unread,
        marks
    from outreach.page_of_conversations(
        list_conversations.workspace_id, of_account_id, of_campaign_id, only_unread,
        page_size, before
    ) as page;

    return query
    select shown.*
    from outreach.shown_conversations(
        list_conversations.workspace_id, account_ids, people, moments, replies,
        are_unread, marks
    ) as shown;
end
$$;
