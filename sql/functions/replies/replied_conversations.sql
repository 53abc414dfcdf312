-- The conversations of a workspace in which the person wrote, one row for each account
-- and person: when they last did, whether that is unread, and up to where it is read. In
-- the order of outreach.list_conversations(), which describes before.
-- most_rows: null for all.
create or replace function outreach.replied_conversations(
    workspace_id bigint,
    of_account_id bigint,
    only_unread boolean,
    most_rows integer,
    before jsonb
)
returns table (
    account_id bigint,
    person text,
    replied_at timestamptz,
    is_unread boolean,
    read_to_event_id bigint
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    replies as (

        select
            messages.account_id,
            messages.provider_id as person,
            max(messages.event_id) as newest_id,
            max(
                least(messages.occurred_at, messages.received_at)
            ) as replied_at
        from outreach.linkedin_events as messages
        where
            messages.workspace_id = replied_conversations.workspace_id
            and messages.event_type = 'message_received'
            and (
                of_account_id is null
                or messages.account_id = of_account_id
            )
        group by
            messages.account_id,
            messages.provider_id
        having messages.provider_id is not null

    ),

    marks as (

        select
            reads.account_id,
            reads.person,
            max(reads.read_to_event_id) as read_to_event_id
        from outreach.reply_reads as reads
        where reads.workspace_id = replied_conversations.workspace_id
        group by
            reads.account_id,
            reads.person

    ),

    judged as (

        select
            replies.account_id,
            replies.person,
            replies.replied_at,
            replies.newest_id > coalesce(marks.read_to_event_id, 0) as is_unread,
            coalesce(marks.read_to_event_id, 0) as read_to_event_id
        from replies
        left join marks
            on
                replies.account_id = marks.account_id
                and replies.person = marks.person

    )

    select judged.*
    from judged
    where
        (judged.is_unread or not only_unread)
        and (
            before is null
            or (judged.is_unread, judged.replied_at, judged.account_id, judged.person)
            < (
                (before ->> 'is_unread')::boolean,
                (before ->> 'latest_at')::timestamptz,
                (before ->> 'account_id')::bigint,
                before ->> 'person'
            )
        )
    order by
        judged.is_unread desc,
        judged.replied_at desc,
        judged.account_id desc,
        judged.person desc
    limit most_rows;
end
$$;
