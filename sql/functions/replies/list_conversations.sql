-- The people who accepted an invite of an account or wrote to it, one row for each account
-- and person: conversations with something unread first, then by latest_at, the newest
-- message of the person, or the accept where there is none. Each filter is null for all.
-- person: LinkedIn's id, which the other functions of conversations take. name is the
-- person's own, or what the provider called the writer; null where neither is known.
-- campaign_id: of the newest enrollment with this account; null in no campaign.
-- answer_status: of the newest answer's job, while it is not sent; null otherwise.
-- before: the last row of the page before this one, as is_unread, latest_at, account_id and
-- person of that row; null for the first page.
create or replace function outreach.list_conversations(
    workspace_id bigint,
    of_account_id bigint default null,
    of_campaign_id bigint default null,
    only_unread boolean default false,
    page_size integer default 100,
    before jsonb default null
)
returns table (
    account_id bigint,
    account text,
    timezone text,
    person text,
    prospect_id bigint,
    name text,
    company text,
    campaign_id bigint,
    campaign text,
    linkedin_status text,
    accepted_at timestamptz,
    replied_at timestamptz,
    latest_at timestamptz,
    is_unread boolean,
    unread_count bigint,
    last_message text,
    is_last_own boolean,
    is_do_not_contact boolean,
    answer_status text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    shown as materialized (

        select page.*
        from outreach.page_of_conversations(
            list_conversations.workspace_id, of_account_id, of_campaign_id, only_unread,
            page_size, before
        ) as page

    )

    select
        shown.account_id,
        accounts.name,
        accounts.timezone,
        shown.person,
        prospects.prospect_id,
        coalesce(
            nullif(concat_ws(' ', prospects.first_name, prospects.last_name), ''),
            writers.name
        ),
        prospects.company,
        enrollments.campaign_id,
        campaigns.name,
        enrollments.linkedin_status,
        accepts.accepted_at,
        shown.replied_at,
        shown.latest_at,
        shown.is_unread,
        unread.message_count,
        newest.body,
        newest.is_own,
        prospects.do_not_contact_at is not null,
        pending.status
    from shown
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = list_conversations.workspace_id
            and shown.account_id = accounts.account_id
    left join outreach.prospects
        on
            prospects.workspace_id = list_conversations.workspace_id
            and shown.person = prospects.provider_id
    left join lateral (
        select newest_enrollments.*
        from outreach.campaign_prospects as newest_enrollments
        where
            newest_enrollments.workspace_id = list_conversations.workspace_id
            and newest_enrollments.prospect_id = prospects.prospect_id
            and newest_enrollments.account_id = shown.account_id
        order by newest_enrollments.enrollment_id desc
        limit 1
    ) as enrollments on true
    left join lateral (
        select max(accepted.linkedin_accepted_at) as accepted_at
        from outreach.campaign_prospects as accepted
        where
            accepted.workspace_id = list_conversations.workspace_id
            and accepted.prospect_id = prospects.prospect_id
            and accepted.account_id = shown.account_id
    ) as accepts on true
    left join outreach.campaigns
        on
            campaigns.workspace_id = list_conversations.workspace_id
            and enrollments.campaign_id = campaigns.campaign_id
    left join lateral (
        select
            messages.payload ->> 'message' as body,
            messages.event_type = 'message_sent' as is_own
        from outreach.linkedin_events as messages
        where
            messages.workspace_id = list_conversations.workspace_id
            and messages.account_id = shown.account_id
            and messages.provider_id = shown.person
            and messages.event_type in ('message_received', 'message_sent')
        order by
            coalesce(messages.occurred_at, messages.received_at) desc,
            messages.event_id desc
        limit 1
    ) as newest on true
    left join lateral (
        select messages.payload -> 'sender' ->> 'attendee_name' as name
        from outreach.linkedin_events as messages
        where
            messages.workspace_id = list_conversations.workspace_id
            and messages.account_id = shown.account_id
            and messages.provider_id = shown.person
            and messages.event_type = 'message_received'
            and messages.payload -> 'sender' ->> 'attendee_name' is not null
        order by messages.event_id desc
        limit 1
    ) as writers on true
    left join lateral (
        select count(*) as message_count
        from outreach.linkedin_events as messages
        where
            messages.workspace_id = list_conversations.workspace_id
            and messages.account_id = shown.account_id
            and messages.provider_id = shown.person
            and messages.event_type = 'message_received'
            and messages.event_id > shown.read_to_event_id
    ) as unread on true
    left join lateral (
        select case when jobs.status <> 'completed' then jobs.status end as status
        from outreach.reply_answers as answers
        inner join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = list_conversations.workspace_id
                and answers.answer_id = jobs.answer_id
        where
            answers.workspace_id = list_conversations.workspace_id
            and answers.account_id = shown.account_id
            and answers.person = shown.person
        order by answers.answer_id desc
        limit 1
    ) as pending on true
    order by
        shown.is_unread desc,
        shown.latest_at desc,
        shown.account_id desc,
        shown.person desc;
end
$$;
