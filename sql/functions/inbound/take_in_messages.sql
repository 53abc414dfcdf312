-- Turns the stored messages of a chat into events. Only a complete walk shows whether a
-- message opens its chat. texts: by the messages' ids; a stored read has none. Returns
-- the number of new events.
create or replace function outreach.take_in_messages(
    workspace_id bigint,
    read_id bigint,
    received_via text default 'poll',
    texts jsonb default '{}'
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    new_events jsonb;
begin
    select
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'account_id', told.account_id,
                    'linkedin_identity', told.linkedin_identity,
                    'event_type', 'message_received',
                    'subject', told.reference,
                    'provider_id', told.provider_id,
                    'recipient_id', told.recipient_id,
                    'reference', told.reference,
                    'occurred_at', told.happened_at,
                    'received_at', told.ended_at,
                    'is_own', told.is_own,
                    'opens_chat', told.is_complete and told.number = 1,
                    'note_sha256', told.note_sha256,
                    'evidence', jsonb_build_object('read_id', told.read_id),
                    'payload', jsonb_strip_nulls(
                        jsonb_build_object(
                            'chat_id', told.subject,
                            'message', texts -> told.reference,
                            'opt_out_phrase', told.opt_out_phrase
                        )
                    )
                )
            ),
            '[]'
        )
    into new_events
    from (
        select
            reads.*,
            provider_accounts.linkedin_identity,
            items.*,
            row_number() over (order by items.happened_at, items.reference) as number
        from outreach.whole_provider_reads as reads
        inner join outreach.provider_accounts
            on
                reads.workspace_id = provider_accounts.workspace_id
                and reads.account_id = provider_accounts.account_id
        cross join lateral jsonb_to_recordset(reads.items) as items (
            reference text,
            provider_id text,
            recipient_id text,
            happened_at timestamptz,
            is_own boolean,
            note_sha256 text,
            opt_out_phrase text
        )
        where
            reads.workspace_id = take_in_messages.workspace_id
            and reads.read_id = take_in_messages.read_id
            and reads.list = 'inbox_messages'
    ) as told;

    return outreach.record_linkedin_events(
        take_in_messages.workspace_id, take_in_messages.received_via, new_events
    );
end
$$;
