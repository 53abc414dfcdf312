-- Which of these messages of an account were not told of before, by the provider's ids.
create or replace function outreach.unknown_messages(
    workspace_id bigint,
    account_id bigint,
    message_ids text []
)
returns setof text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select asked.message_id
    from unnest(message_ids) as asked (message_id)
    where
        not exists (
            select 1
            from outreach.linkedin_events as events
            where
                events.workspace_id = unknown_messages.workspace_id
                and events.dedupe_key in (
                    outreach.linkedin_event_key(
                        'message_received', unknown_messages.account_id,
                        asked.message_id
                    ),
                    outreach.linkedin_event_key(
                        'message_sent', unknown_messages.account_id, asked.message_id
                    )
                )
        );
end
$$;
