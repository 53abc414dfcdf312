-- The rows of a page of conversations, in its order: see outreach.list_conversations().
-- The arrays go together, one place for each row, as outreach.page_of_conversations()
-- has them.
create or replace function outreach.shown_conversations(
    workspace_id bigint,
    account_ids bigint [],
    people text [],
    moments timestamptz [],
    replies timestamptz [],
    are_unread boolean [],
    marks bigint []
)
returns setof outreach.shown_conversation
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        shown.account_id,
        accounts.name,
        accounts.timezone,
        shown.person,
        prospects.prospect_id,
        coalesce(
            nullif(concat_ws(' ', prospects.first_name, prospects.last_name), ''),
            newest.writer
        ),
        prospects.company,
        enrollments.campaign_id,
        campaigns.name,
        enrollments.linkedin_status,
        enrollments.accepted_at,
        shown.replied_at,
        shown.latest_at,
        shown.is_unread,
        coalesce(newest.unread_count, 0),
        newest.body,
        newest.is_own,
        prospects.do_not_contact_at is not null,
        pending.status,
        newest.written_at
    from unnest(account_ids, people, moments, replies, are_unread)
    with ordinality as shown (
        account_id, person, latest_at, replied_at, is_unread, place
    )
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = shown_conversations.workspace_id
            and shown.account_id = accounts.account_id
    left join outreach.prospects
        on
            prospects.workspace_id = shown_conversations.workspace_id
            and shown.person = prospects.provider_id
    left join lateral (
        select
            newest_enrollments.*,
            max(newest_enrollments.linkedin_accepted_at) over () as accepted_at
        from outreach.campaign_prospects as newest_enrollments
        where
            newest_enrollments.workspace_id = shown_conversations.workspace_id
            and newest_enrollments.prospect_id = prospects.prospect_id
            and newest_enrollments.account_id = shown.account_id
        order by newest_enrollments.enrollment_id desc
        limit 1
    ) as enrollments on true
    left join outreach.campaigns
        on
            campaigns.workspace_id = shown_conversations.workspace_id
            and enrollments.campaign_id = campaigns.campaign_id
    left join outreach.newest_messages(
        shown_conversations.workspace_id, account_ids, people, marks
    ) as newest
        on
            shown.account_id = newest.account_id
            and shown.person = newest.person
    left join lateral (
        select case when jobs.status <> 'completed' then jobs.status end as status
        from outreach.reply_answers as answers
        inner join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = shown_conversations.workspace_id
                and answers.answer_id = jobs.answer_id
        where
            answers.workspace_id = shown_conversations.workspace_id
            and answers.account_id = shown.account_id
            and answers.person = shown.person
        order by answers.answer_id desc
        limit 1
    ) as pending on true
    order by shown.place;
end
$$;
