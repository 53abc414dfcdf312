-- Keeps what the provider told of a workspace's accounts, each happening once, whoever
-- tells it again, and the signs of accepts among it. Own messages are message_sent:
-- they are no replies.
-- events: rows of account_id, linkedin_identity, received_at, event_type, subject,
-- provider_id (who wrote, or became a relation), recipient_id, public_identifier,
-- reference, occurred_at, is_own, opens_chat, note_sha256 (the hash of an invite whose
-- note is this message), evidence and payload. Returns how many are new.
create or replace function outreach.record_linkedin_events(
    workspace_id bigint,
    received_via text,
    events jsonb
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    new_count bigint;
    signals jsonb;
begin
    insert into outreach.linkedin_events (
        workspace_id, account_id, event_type, occurred_at, received_at, received_via,
        dedupe_key, provider_id, public_identifier, provider_reference, payload
    )
    select
        record_linkedin_events.workspace_id,
        told.account_id,
        kept_as.event_type,
        told.occurred_at,
        told.received_at,
        record_linkedin_events.received_via,
        outreach.linkedin_event_key(
            kept_as.event_type, told.account_id, told.subject
        ),
        case
            when kept_as.event_type = 'message_sent' then told.recipient_id
            else told.provider_id
        end,
        told.public_identifier,
        told.reference,
        coalesce(told.payload, '{}')
    from jsonb_to_recordset(events) as told (
        account_id bigint,
        linkedin_identity text,
        received_at timestamptz,
        event_type text,
        subject text,
        provider_id text,
        recipient_id text,
        public_identifier text,
        reference text,
        occurred_at timestamptz,
        is_own boolean,
        payload jsonb
    )
    cross join lateral (
        select
            case
                when
                    told.event_type = 'message_received'
                    and (
                        told.is_own
                        or coalesce(told.provider_id = told.linkedin_identity, false)
                    )
                    then 'message_sent'
                else told.event_type
            end
    ) as kept_as (event_type)
    order by told.received_at
    on conflict (workspace_id, dedupe_key) do nothing;
    get diagnostics new_count = row_count;

    select jsonb_agg(to_jsonb(found))
    into signals
    from (
        select
            told.account_id,
            told.provider_id,
            told.public_identifier,
            case
                when record_linkedin_events.received_via = 'webhook' then 'webhook'
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
        -- A chat opens with an invitation's note once that is accepted. A text that
        -- was also sent as a message or InMail proves nothing.
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
                attempts.workspace_id = record_linkedin_events.workspace_id
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
                    others.workspace_id = record_linkedin_events.workspace_id
                    and others.enrollment_id = attempts.enrollment_id
                    and others.action in ('send_message', 'send_inmail')
                    and others.begun_at <= told.received_at
            )
    ) as found;

    if signals is not null then
        perform outreach.record_accept_signals(
            record_linkedin_events.workspace_id, signals
        );
    end if;

    return new_count;
end
$$;
