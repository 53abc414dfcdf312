-- Chats of a stored walk whose messages should be read now: those with a person that this
-- account has contacted through a campaign, and with a message since the chat's last
-- complete read.
create or replace function outreach.chats_to_read(
    workspace_id bigint,
    read_id bigint
)
returns table (
    chat_id text,
    provider_id text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select distinct
        items.reference,
        items.provider_id
    from outreach.whole_provider_reads as reads
    cross join lateral jsonb_to_recordset(reads.items) as items (
        reference text,
        provider_id text,
        happened_at timestamptz
    )
    inner join outreach.prospects
        on
            prospects.workspace_id = chats_to_read.workspace_id
            and items.provider_id = prospects.provider_id
    where
        reads.workspace_id = chats_to_read.workspace_id
        and reads.read_id = chats_to_read.read_id
        and exists (
            select 1
            from outreach.campaign_prospects as enrollments
            inner join outreach.campaign_events as events
                on
                    events.workspace_id = chats_to_read.workspace_id
                    and enrollments.enrollment_id = events.enrollment_id
            where
                enrollments.workspace_id = chats_to_read.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
                and events.account_id = reads.account_id
                and events.event_type in (
                    'invite_sent', 'message_sent', 'inmail_sent', 'comment_posted',
                    'send_unproven'
                )
        )
        and not exists (
            select 1
            from outreach.whole_provider_reads as earlier
            where
                earlier.workspace_id = chats_to_read.workspace_id
                and earlier.account_id = reads.account_id
                and earlier.list = 'inbox_messages'
                and earlier.subject = items.reference
                and earlier.is_complete
                and (
                    select max(messages.happened_at)
                    from jsonb_to_recordset(earlier.items) as messages (
                        happened_at timestamptz
                    )
                ) >= items.happened_at
        );
end
$$;
