-- Everything that an account and a person sent to each other, oldest first, as far as it
-- is known: messages that the provider told of, what campaigns sent, and answers.
-- kind: message, invite, inmail, comment or answer. is_own: whether the account wrote it.
-- status: received, sent, or the status of an answer's job while it is not sent; unknown
-- is never sent again on a guess. body is null where only the fact is known: the text of a
-- step is not kept, and is told with the message itself.
-- blocker and lifts_at: why an answer is not sent yet, as in outreach.blockers().
-- local_at: the account's own wall clock, in timezone.
create or replace function outreach.conversation(
    workspace_id bigint,
    account_id bigint,
    person text,
    as_of timestamptz default null
)
returns table (
    happened_at timestamptz,
    local_at timestamp,
    timezone text,
    kind text,
    is_own boolean,
    body text,
    status text,
    campaign text,
    asked_by text,
    is_unread boolean,
    blocker text,
    lifts_at timestamptz,
    failed_because text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    read_to_event_id bigint;
    account_timezone text;
begin
    select coalesce(max(marks.read_to_event_id), 0)
    into read_to_event_id
    from outreach.reply_reads as marks
    where
        marks.workspace_id = conversation.workspace_id
        and marks.account_id = conversation.account_id
        and marks.person = conversation.person;

    select
        outreach.account_timezone(
            accounts.timezone, accounts.next_timezone, accounts.next_timezone_at, at
        )
    into account_timezone
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = conversation.workspace_id
        and accounts.account_id = conversation.account_id;

    return query
    with

    messages as materialized (

        select
            events.event_id,
            events.event_type = 'message_sent' as is_own,
            coalesce(events.occurred_at, events.received_at) as happened_at,
            events.payload ->> 'message' as body,
            events.provider_reference
        from outreach.linkedin_events as events
        where
            events.workspace_id = conversation.workspace_id
            and events.account_id = conversation.account_id
            and events.provider_id = conversation.person
            and events.event_type in ('message_received', 'message_sent')

    ),

    answers as materialized (

        select known.*
        from outreach.answers_to_person(
            conversation.workspace_id, conversation.account_id, conversation.person, at
        ) as known

    ),

    sends as materialized (

        select known.*
        from outreach.campaign_sends_to_person(
            conversation.workspace_id, conversation.account_id, conversation.person
        ) as known

    ),

    -- What the provider told of is shown as it told it.
    lines as (

        select
            messages.happened_at,
            case
                when answers.answer_id is not null then 'answer'
                else coalesce(sends.kind, 'message')
            end as kind,
            messages.is_own,
            messages.body,
            case when messages.is_own then 'sent' else 'received' end as status,
            sends.campaign,
            answers.asked_by,
            not messages.is_own and messages.event_id > read_to_event_id as is_unread,
            null::text as blocker,
            null::timestamptz as lifts_at,
            null::text as failed_because
        from messages
        left join answers on messages.provider_reference = answers.provider_reference
        left join sends on messages.provider_reference = sends.provider_reference

        union all

        select
            sends.sent_at,
            sends.kind,
            true,
            null,
            'sent',
            sends.campaign,
            null,
            false,
            null,
            null,
            null
        from sends
        where
            not exists (
                select 1
                from messages
                where messages.provider_reference = sends.provider_reference
            )

        union all

        select
            answers.written_at,
            'answer',
            true,
            answers.body,
            case when answers.status = 'completed' then 'sent' else answers.status end,
            null,
            answers.asked_by,
            false,
            answers.blocker,
            answers.lifts_at,
            answers.failed_because
        from answers
        where
            not exists (
                select 1
                from messages
                where messages.provider_reference = answers.provider_reference
            )

    )

    select
        lines.happened_at,
        lines.happened_at at time zone account_timezone,
        account_timezone,
        lines.kind,
        lines.is_own,
        lines.body,
        lines.status,
        lines.campaign,
        lines.asked_by,
        lines.is_unread,
        lines.blocker,
        lines.lifts_at,
        lines.failed_because
    from lines
    order by
        lines.happened_at,
        lines.is_own;
end
$$;
