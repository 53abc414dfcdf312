-- The messages between an account and a person, as the provider told of them.
-- is_unread: the person wrote it after what was marked as read. provider_reference: the
-- provider's id of the message.
create or replace function outreach.messages_with_person(
    workspace_id bigint,
    account_id bigint,
    person text
)
returns table (
    happened_at timestamptz,
    is_own boolean,
    body text,
    is_unread boolean,
    provider_reference text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    read_to_event_id constant bigint := (
        select coalesce(max(marks.read_to_event_id), 0)
        from outreach.reply_reads as marks
        where
            marks.workspace_id = messages_with_person.workspace_id
            and marks.account_id = messages_with_person.account_id
            and marks.person = messages_with_person.person
    );
begin
    return query
    select
        coalesce(messages.occurred_at, messages.received_at),
        messages.event_type = 'message_sent',
        messages.payload ->> 'message',
        messages.event_type = 'message_received'
        and messages.event_id > read_to_event_id,
        messages.provider_reference
    from outreach.linkedin_events as messages
    where
        messages.workspace_id = messages_with_person.workspace_id
        and messages.account_id = messages_with_person.account_id
        and messages.provider_id = messages_with_person.person
        and messages.event_type in ('message_received', 'message_sent');
end
$$;
