-- The lines of a conversation, in no order and without the account's own time: see
-- outreach.conversation(). What the provider told of is shown as it told it.
create or replace function outreach.conversation_lines(
    workspace_id bigint,
    account_id bigint,
    person text,
    at timestamptz
)
returns table (
    happened_at timestamptz,
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
begin
    return query
    with

    messages as materialized (

        select told.*
        from outreach.messages_with_person(
            conversation_lines.workspace_id, conversation_lines.account_id,
            conversation_lines.person
        ) as told

    ),

    answers as materialized (

        select known.*
        from outreach.answers_to_person(
            conversation_lines.workspace_id, conversation_lines.account_id,
            conversation_lines.person, at
        ) as known

    ),

    sends as materialized (

        select known.*
        from outreach.campaign_sends_to_person(
            conversation_lines.workspace_id, conversation_lines.account_id,
            conversation_lines.person
        ) as known

    )

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
        messages.is_unread,
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
        );
end
$$;
