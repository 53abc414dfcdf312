-- The provider's id of an account's newest chat with a person: of the last message that
-- was told of, else the one that the account's first message started. Null without one.
-- The ids of chats differ between the versions of the provider's API, so only those that
-- the version of the account's address has told of count.
create or replace function outreach.chat_with_person(
    workspace_id bigint,
    account_id bigint,
    person text
)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return coalesce(
        (
            select nullif(messages.payload ->> 'chat_id', '')
            from outreach.linkedin_events as messages
            inner join outreach.provider_accounts as linked
                on
                    linked.workspace_id = chat_with_person.workspace_id
                    and linked.account_id = chat_with_person.account_id
                    and messages.api_version = linked.provider_version
            where
                messages.workspace_id = chat_with_person.workspace_id
                and messages.account_id = chat_with_person.account_id
                and messages.provider_id = chat_with_person.person
                and messages.event_type in ('message_received', 'message_sent')
                and nullif(messages.payload ->> 'chat_id', '') is not null
            order by messages.event_id desc
            limit 1
        ),
        (
            select chats.chat_id
            from outreach.linkedin_chats as chats
            inner join outreach.prospects
                on
                    prospects.workspace_id = chat_with_person.workspace_id
                    and chats.prospect_id = prospects.prospect_id
            where
                chats.workspace_id = chat_with_person.workspace_id
                and chats.account_id = chat_with_person.account_id
                and prospects.provider_id = chat_with_person.person
        )
    );
end
$$;
