-- One page of the conversations of a workspace, one row for each account and person who
-- accepted an invite or wrote: unread first, then by latest_at, the newest message of
-- the person, or the accept where there is none. See outreach.list_conversations() for
-- the arguments.
create or replace function outreach.page_of_conversations(
    workspace_id bigint,
    of_account_id bigint,
    of_campaign_id bigint,
    only_unread boolean,
    page_size integer,
    before jsonb
)
returns table (
    account_id bigint,
    person text,
    latest_at timestamptz,
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
            messages.workspace_id = page_of_conversations.workspace_id
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

    accepts as (

        select found.*
        from outreach.accepts_without_message(
            page_of_conversations.workspace_id, of_account_id,
            case when only_unread then -1000 else page_size end,
            case
                when (before ->> 'is_unread')::boolean then null
                else (before ->> 'latest_at')::timestamptz
            end
        ) as found

    ),

    marks as (

        select
            reads.account_id,
            reads.person,
            max(reads.read_to_event_id) as read_to_event_id
        from outreach.reply_reads as reads
        where reads.workspace_id = page_of_conversations.workspace_id
        group by
            reads.account_id,
            reads.person

    ),

    page as (

        select
            replies.account_id,
            replies.person,
            replies.replied_at as latest_at,
            replies.replied_at,
            replies.newest_id > coalesce(marks.read_to_event_id, 0) as is_unread,
            coalesce(marks.read_to_event_id, 0) as read_to_event_id
        from replies
        left join marks
            on
                replies.account_id = marks.account_id
                and replies.person = marks.person

        union all

        select
            accepts.account_id,
            accepts.person,
            accepts.accepted_at,
            null,
            false,
            0
        from accepts

    )

    select page.*
    from page
    where
        (page.is_unread or not only_unread)
        and (
            of_campaign_id is null
            or exists (
                select 1
                from outreach.campaign_prospects as enrollments
                inner join outreach.prospects
                    on
                        prospects.workspace_id = page_of_conversations.workspace_id
                        and enrollments.prospect_id = prospects.prospect_id
                where
                    enrollments.workspace_id = page_of_conversations.workspace_id
                    and enrollments.campaign_id = of_campaign_id
                    and enrollments.account_id = page.account_id
                    and prospects.provider_id = page.person
            )
        )
        and (
            before is null
            or (page.is_unread, page.latest_at, page.account_id, page.person)
            < (
                (before ->> 'is_unread')::boolean,
                (before ->> 'latest_at')::timestamptz,
                (before ->> 'account_id')::bigint,
                before ->> 'person'
            )
        )
    order by
        page.is_unread desc,
        page.latest_at desc,
        page.account_id desc,
        page.person desc
    limit page_size;
end
$$;
