-- The accept signals in the input of outreach.record_linkedin_events(), in the format
-- of outreach.record_accept_signals(); null if there are none. A new relation is a
-- signal, and so is a chat that opens with the note of an invitation.
create or replace function outreach.accept_signals_of_events(
    workspace_id bigint,
    received_via text,
    events jsonb
)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    signals jsonb;
begin
    select jsonb_agg(to_jsonb(found))
    into signals
    from (
        select
            told.account_id,
            told.provider_id,
            told.public_identifier,
            case
                when accept_signals_of_events.received_via = 'webhook' then 'webhook'
                else 'relation'
            end as signal,
            told.occurred_at as happened_at,
            told.received_at as observed_at,
            told.evidence
        from jsonb_to_recordset(events) as told (
            account_id bigint,
            event_type text,
            provider_id text,
            public_identifier text,
            occurred_at timestamptz,
            received_at timestamptz,
            evidence jsonb
        )
        where told.event_type = 'new_relation'
        union all
        -- A chat opens with an invitation's note after the accept. A text that was also
        -- sent as a message or InMail proves nothing.
        select
            told.account_id,
            attempts.recipient_provider_id,
            null,
            'note_in_chat',
            null,
            told.received_at,
            told.evidence || jsonb_build_object('attempt_id', attempts.attempt_id)
        from jsonb_to_recordset(events) as told (
            account_id bigint,
            linkedin_identity text,
            event_type text,
            provider_id text,
            recipient_id text,
            received_at timestamptz,
            is_own boolean,
            opens_chat boolean,
            note_sha256 text,
            evidence jsonb
        )
        inner join outreach.send_attempts as attempts
            on
                attempts.workspace_id = accept_signals_of_events.workspace_id
                and told.account_id = attempts.account_id
                and told.note_sha256 = attempts.request_sha256
                and attempts.action = 'send_invite'
        where
            told.event_type = 'message_received'
            and (told.is_own or told.provider_id = told.linkedin_identity)
            and told.opens_chat is distinct from false
            and attempts.begun_at <= told.received_at
            and not exists (
                select 1
                from outreach.send_attempts as others
                where
                    others.workspace_id = accept_signals_of_events.workspace_id
                    and others.enrollment_id = attempts.enrollment_id
                    and others.action in ('send_message', 'send_inmail')
                    and others.begun_at <= told.received_at
            )
    ) as found;

    return signals;
end
$$;
