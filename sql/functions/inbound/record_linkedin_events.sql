-- Stores events that the provider reported for a workspace's accounts, each once, and
-- their accept signals. Messages of the account itself are message_sent, not replies.
-- events: rows of account_id, linkedin_identity, received_at, event_type, subject,
-- provider_id (who wrote, or became a relation), recipient_id, public_identifier,
-- reference, occurred_at, is_own, opens_chat, note_sha256 (the hash of an invite whose
-- note is this message), api_version (that of the account's address if it is missing),
-- evidence and payload. The two versions of the provider's API give a message different
-- ids: one that the other version has reported is known by its writer, time and, if both
-- tell it, text. Returns the number of new events.
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
    version integer;
    fresh jsonb;
    new_count bigint := 0;
    signals jsonb;
begin
    foreach version in array array[1, 2] loop
        -- Apart from the look-up, which a cluster does not plan inside an insert.
        select
            jsonb_agg(
                jsonb_build_object(
                    'account_id', told.account_id, 'event_type', kept_as.event_type,
                    'occurred_at', told.occurred_at,
                    'received_at', told.received_at,
                    'dedupe_key', outreach.linkedin_event_key(
                        kept_as.event_type, told.account_id, told.subject
                    ),
                    'provider_id', kept_as.provider_id,
                    'public_identifier', told.public_identifier,
                    'provider_reference', told.reference,
                    'payload', coalesce(told.payload, '{}')
                )
            )
        into fresh
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
            api_version integer,
            payload jsonb
        )
        left join outreach.provider_accounts as linked
            on
                linked.workspace_id = record_linkedin_events.workspace_id
                and told.account_id = linked.account_id
        cross join lateral (
            select
                told.event_type = 'message_received'
                and (
                    told.is_own
                    or coalesce(told.provider_id = told.linkedin_identity, false)
                ) as is_sent
        ) as direction
        cross join lateral (
            select
                case when direction.is_sent then 'message_sent' else told.event_type end,
                case
                    when direction.is_sent then told.recipient_id
                    else told.provider_id
                end
        ) as kept_as (event_type, provider_id)
        where
            coalesce(told.api_version, linked.provider_version, 1) = version
            and not exists (
                select 1
                from outreach.linkedin_events as known
                where
                    known.workspace_id = record_linkedin_events.workspace_id
                    and known.account_id = told.account_id
                    and known.provider_id = kept_as.provider_id
                    and known.event_type = kept_as.event_type
                    and known.event_type in ('message_received', 'message_sent')
                    and date_trunc('milliseconds', known.occurred_at)
                    = date_trunc('milliseconds', told.occurred_at)
                    and (known.payload ->> 'message' <> told.payload ->> 'message')
                    is not true
                    and known.api_version <> version
            );

        -- A cluster's own count of the inserted rows would have those that conflict too.
        with added_rows as (
            insert into outreach.linkedin_events (
                workspace_id, account_id, event_type, occurred_at, received_at,
                received_via, dedupe_key, provider_id, public_identifier,
                provider_reference, payload, api_version
            )
            select
                record_linkedin_events.workspace_id,
                found.account_id, found.event_type, found.occurred_at, found.received_at,
                record_linkedin_events.received_via,
                found.dedupe_key, found.provider_id, found.public_identifier,
                found.provider_reference, found.payload, version
            from jsonb_populate_recordset(null::outreach.linkedin_events, fresh) as found
            order by found.received_at
            on conflict (workspace_id, dedupe_key) do nothing
            returning linkedin_events.event_id
        )

        select new_count + count(*)
        into new_count
        from added_rows;
    end loop;

    if exists (
        select 1
        from jsonb_to_recordset(events) as told (account_id bigint)
        inner join outreach.provider_accounts as linked
            on
                linked.workspace_id = record_linkedin_events.workspace_id
                and told.account_id = linked.account_id
        where linked.provider_version = 2
    ) then
        perform outreach.remember_chats(
            record_linkedin_events.workspace_id, record_linkedin_events.events
        );
    end if;

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
