-- With whom an account has a conversation, and where it stands; no row for a person who
-- neither is in a campaign of the account nor exchanged a message with it. Security
-- definer: the console reads it, without rights to its tables.
-- name: the person's, or what the provider called them. campaign: of the newest
-- enrollment with the account. has_chat: there is one to answer in. newest_event_id and
-- newest_answer_id: the newest message of the person, and the newest answer to them.
-- active_count: the campaigns that still go on with the person.
create or replace function outreach.console_conversation_details(
    in_workspace_id bigint,
    in_account_id bigint,
    with_person text
)
returns table (
    workspace text,
    account text,
    timezone text,
    prospect_id bigint,
    name text,
    company text,
    profile text,
    do_not_contact_at timestamptz,
    do_not_contact_reason text,
    campaign_id bigint,
    campaign text,
    linkedin_status text,
    accepted_at timestamptz,
    has_chat boolean,
    unread_count bigint,
    newest_event_id bigint,
    newest_answer_id bigint,
    active_count bigint
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    place record;
    read_to_event_id bigint;
    newest_event_id bigint;
begin
    place := outreach.answer_place(in_workspace_id, in_account_id, with_person);

    select max(messages.event_id)
    into newest_event_id
    from outreach.linkedin_events as messages
    where
        messages.workspace_id = in_workspace_id
        and messages.account_id = in_account_id
        and messages.provider_id = with_person
        and messages.event_type = 'message_received';

    if place.enrollment_id is null
        and place.chat_id is null
        and newest_event_id is null
    then
        return;
    end if;

    select coalesce(max(marks.read_to_event_id), 0)
    into read_to_event_id
    from outreach.reply_reads as marks
    where
        marks.workspace_id = in_workspace_id
        and marks.account_id = in_account_id
        and marks.person = with_person;

    return query
    select
        workspaces.name,
        accounts.name,
        accounts.timezone,
        place.prospect_id,
        coalesce(
            nullif(concat_ws(' ', prospects.first_name, prospects.last_name), ''),
            newest.writer
        ),
        prospects.company,
        coalesce(prospects.public_identifier, with_person),
        prospects.do_not_contact_at,
        prospects.do_not_contact_reason,
        campaigns.campaign_id,
        campaigns.name,
        enrollments.linkedin_status,
        enrolled.accepted_at,
        place.chat_id is not null,
        coalesce(newest.unread_count, 0),
        newest_event_id,
        (
            select max(answers.answer_id)
            from outreach.reply_answers as answers
            where
                answers.workspace_id = in_workspace_id
                and answers.account_id = in_account_id
                and answers.person = with_person
        ),
        enrolled.active_count
    from outreach.linkedin_accounts as accounts
    inner join outreach.workspaces
        on workspaces.workspace_id = in_workspace_id
    left join outreach.prospects
        on
            prospects.workspace_id = in_workspace_id
            and prospects.prospect_id = place.prospect_id
    left join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = in_workspace_id
            and enrollments.enrollment_id = place.enrollment_id
    left join outreach.campaigns
        on
            campaigns.workspace_id = in_workspace_id
            and enrollments.campaign_id = campaigns.campaign_id
    cross join lateral (
        select
            max(others.linkedin_accepted_at) as accepted_at,
            count(*) filter (
                where outreach.is_under_way(others.linkedin_status)
            ) as active_count
        from outreach.campaign_prospects as others
        where
            others.workspace_id = in_workspace_id
            and others.prospect_id = place.prospect_id
            and others.account_id = in_account_id
    ) as enrolled
    left join outreach.newest_messages(
        in_workspace_id, array[in_account_id], array[with_person],
        array[read_to_event_id]
    ) as newest on true
    where
        accounts.workspace_id = in_workspace_id
        and accounts.account_id = in_account_id;
end
$$;

revoke execute on function outreach.console_conversation_details(
    bigint, bigint, text
) from public;
grant execute on function outreach.console_conversation_details(
    bigint, bigint, text
) to console;
