-- Stores events that the provider reported for a workspace's accounts, each once, and
-- their accept signals. Messages of the account itself are message_sent, not replies.
-- events: rows of account_id, linkedin_identity, received_at, event_type, subject,
-- provider_id (who wrote, or became a relation), recipient_id, public_identifier,
-- reference, occurred_at, is_own, opens_chat, note_sha256 (the hash of an invite whose
-- note is this message), evidence and payload. Returns the number of new events.
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

    signals := outreach.accept_signals_of_events(
        record_linkedin_events.workspace_id, record_linkedin_events.received_via,
        record_linkedin_events.events
    );

    if signals is not null then
        perform outreach.record_accept_signals(
            record_linkedin_events.workspace_id, signals
        );
    end if;

    return new_count;
end
$$;
