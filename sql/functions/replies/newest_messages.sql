-- What the newest messages of conversations say, one row for each account and person
-- that have exchanged any: the newest one with its moment, what the provider calls the
-- writer, and how many are unread. The arrays go together; read_to_event_ids: up to where each is read.
create or replace function outreach.newest_messages(
    workspace_id bigint,
    account_ids bigint [],
    people text [],
    read_to_event_ids bigint []
)
returns table (
    account_id bigint,
    person text,
    body text,
    is_own boolean,
    writer text,
    unread_count bigint,
    written_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        asked.account_id,
        asked.person,
        newest.body,
        newest.is_own,
        newest.writer,
        newest.unread_count,
        newest.written_at
    from unnest(account_ids, people, read_to_event_ids) as asked (
        account_id, person, read_to_event_id
    )
    cross join lateral (
        select
            (
                array_agg(
                    messages.payload ->> 'message'
                    order by
                        coalesce(messages.occurred_at, messages.received_at) desc,
                        messages.event_id desc
                )
            )[1] as body,
            (
                array_agg(
                    messages.event_type = 'message_sent'
                    order by
                        coalesce(messages.occurred_at, messages.received_at) desc,
                        messages.event_id desc
                )
            )[1] as is_own,
            (
                array_agg(
                    messages.payload -> 'sender' ->> 'attendee_name'
                    order by messages.event_id desc
                ) filter (
                    where
                    messages.event_type = 'message_received'
                    and messages.payload -> 'sender' ->> 'attendee_name' is not null
                )
            )[1] as writer,
            count(*) filter (
                where
                messages.event_type = 'message_received'
                and messages.event_id > asked.read_to_event_id
            ) as unread_count,
            max(coalesce(messages.occurred_at, messages.received_at)) as written_at,
            count(*) as message_count
        from outreach.linkedin_events as messages
        where
            messages.workspace_id = newest_messages.workspace_id
            and messages.account_id = asked.account_id
            and messages.provider_id = asked.person
            and messages.event_type in ('message_received', 'message_sent')
    ) as newest
    where newest.message_count > 0;
end
$$;
