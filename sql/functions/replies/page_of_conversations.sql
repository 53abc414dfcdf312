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
declare
    -- The page as if nobody had only accepted; of all, where a campaign is wanted.
    account_ids bigint [];
    people text [];
    moments timestamptz [];
    are_unread boolean [];
    marks bigint [];
    -- Accepts before this moment are not on the page.
    since timestamptz;
    accept_rows integer := page_size;
begin
    select
        array_agg(replied.account_id),
        array_agg(replied.person),
        array_agg(replied.replied_at),
        array_agg(replied.is_unread),
        array_agg(replied.read_to_event_id)
    into
        account_ids,
        people,
        moments,
        are_unread,
        marks
    from outreach.replied_conversations(
        page_of_conversations.workspace_id, of_account_id, only_unread,
        case when of_campaign_id is null then page_size end, before
    ) as replied;

    if of_campaign_id is null and cardinality(are_unread) = page_size then
        since := moments[page_size];
    end if;

    if only_unread or (since is not null and are_unread[page_size]) then
        accept_rows := -1000; -- none
    end if;

    return query
    with

    accepts as (

        select found.*
        from outreach.accepts_without_message(
            page_of_conversations.workspace_id, of_account_id, accept_rows,
            case
                when (before ->> 'is_unread')::boolean then null
                else (before ->> 'latest_at')::timestamptz
            end,
            since
        ) as found

    ),

    page as (

        select
            replied.account_id,
            replied.person,
            replied.latest_at,
            replied.latest_at as replied_at,
            replied.is_unread,
            replied.read_to_event_id
        from unnest(account_ids, people, moments, are_unread, marks) as replied (
            account_id, person, latest_at, is_unread, read_to_event_id
        )

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
        (
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
