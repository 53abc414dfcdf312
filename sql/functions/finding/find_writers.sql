-- The conversations of accounts with writers to whom the provider gave this name, of
-- one workspace or of all. See outreach.find_conversations(), which asks it for a name
-- that no person here has.
create or replace function outreach.find_writers(
    wanted text,
    in_workspace_id bigint,
    of_account_id bigint
)
returns setof outreach.found_conversation
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    one record;
begin
    for one in
        select
            workspaces.workspace_id,
            workspaces.name
        from outreach.workspaces
        where
            in_workspace_id is null
            or workspaces.workspace_id = in_workspace_id
        order by workspaces.workspace_id
    loop
        return query
        select distinct on (messages.account_id, messages.provider_id)
            one.workspace_id,
            one.name,
            messages.account_id,
            messages.payload -> 'sender' ->> 'attendee_name',
            'with ' || accounts.name || ', LinkedIn id ' || messages.provider_id,
            4,
            messages.provider_id
        from outreach.linkedin_events as messages
        inner join outreach.linkedin_accounts as accounts
            on
                accounts.workspace_id = one.workspace_id
                and messages.account_id = accounts.account_id
        where
            messages.workspace_id = one.workspace_id
            and messages.event_type = 'message_received'
            and messages.provider_id is not null
            and lower(messages.payload -> 'sender' ->> 'attendee_name') = lower(wanted)
            and (of_account_id is null or messages.account_id = of_account_id);
    end loop;
end
$$;
