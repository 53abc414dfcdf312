-- One page of the conversations of a workspace, one row for each account and person who
-- accepted an invite or wrote: unread first, then by the newest accept or message. See
-- outreach.list_conversations() for the arguments.
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
    accepted_at timestamptz,
    replied_at timestamptz,
    latest_at timestamptz,
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

    ),

    accepts as (

        select
            enrollments.account_id,
            prospects.provider_id as person,
            max(enrollments.linkedin_accepted_at) as accepted_at
        from outreach.campaign_prospects as enrollments
        inner join outreach.prospects
            on
                prospects.workspace_id = page_of_conversations.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        where
            enrollments.workspace_id = page_of_conversations.workspace_id
            and enrollments.linkedin_accepted_at is not null
            and (
                of_account_id is null
                or enrollments.account_id = of_account_id
            )
        group by
            enrollments.account_id,
            prospects.provider_id

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
            coalesce(replies.account_id, accepts.account_id) as account_id,
            coalesce(replies.person, accepts.person) as person,
            accepts.accepted_at,
            replies.replied_at,
            greatest(accepts.accepted_at, replies.replied_at) as latest_at,
            coalesce(
                replies.newest_id > coalesce(marks.read_to_event_id, 0), false
            ) as is_unread,
            coalesce(marks.read_to_event_id, 0) as read_to_event_id
        from replies
        full join accepts
            on
                replies.account_id = accepts.account_id
                and replies.person = accepts.person
        left join marks
            on
                replies.account_id = marks.account_id
                and replies.person = marks.person
        where coalesce(replies.person, accepts.person) is not null

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
