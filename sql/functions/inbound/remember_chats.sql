-- Keeps the chats of accounts at version 2 with people whom they have no chat for, by the
-- messages that were told of; also by those that version 1 had told of before the account
-- moved, because its ids of chats are no ids of version 2.
-- events: as in outreach.record_linkedin_events().
create or replace function outreach.remember_chats(workspace_id bigint, events jsonb)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
begin
    insert into outreach.linkedin_chats (
        workspace_id, account_id, prospect_id, chat_id, started_at
    )
    select distinct on (told.account_id, prospects.prospect_id)
        remember_chats.workspace_id,
        told.account_id,
        prospects.prospect_id,
        told.payload ->> 'chat_id',
        least(told.occurred_at, told.received_at)
    from jsonb_to_recordset(events) as told (
        account_id bigint,
        linkedin_identity text,
        received_at timestamptz,
        event_type text,
        provider_id text,
        recipient_id text,
        occurred_at timestamptz,
        is_own boolean,
        api_version integer,
        payload jsonb
    )
    inner join outreach.provider_accounts as linked
        on
            linked.workspace_id = remember_chats.workspace_id
            and told.account_id = linked.account_id
            and linked.provider_version = 2
    inner join outreach.prospects
        on
            prospects.workspace_id = remember_chats.workspace_id
            and prospects.provider_id = case
                when told.is_own or told.provider_id = told.linkedin_identity
                    then told.recipient_id
                else told.provider_id
            end
    where
        told.event_type = 'message_received'
        and told.payload ->> 'chat_id' <> ''
        and coalesce(told.api_version, 2) = 2
    order by
        told.account_id,
        prospects.prospect_id,
        least(told.occurred_at, told.received_at)
    on conflict do nothing;
end
$$;
