-- The conversations of accounts with the matching people, of one workspace or of all,
-- each with a rank: 1 by the person's id here, 2 by profile or LinkedIn's id, 3 by
-- email address, 4 by the whole name; if there is none, by the name that the provider
-- gave a writer. found_id is the account, person LinkedIn's id.
-- provider_id and public_identifier are parsed from a profile's address.
create or replace function outreach.find_conversations(
    wanted text,
    provider_id text,
    public_identifier text,
    in_workspace_id bigint default null,
    of_account_id bigint default null
)
returns setof outreach.found_conversation
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    one record;
    has_found boolean := false;
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
        with

        people as materialized (

            select
                prospects.prospect_id,
                prospects.provider_id as person,
                known.name,
                known.rank
            from outreach.find_prospects(
                wanted, find_conversations.provider_id,
                find_conversations.public_identifier, one.workspace_id
            ) as known
            inner join outreach.prospects
                on
                    prospects.workspace_id = one.workspace_id
                    and known.found_id = prospects.prospect_id
            where prospects.provider_id is not null

            union all

            -- A writer who is in no list of people.
            select distinct
                null::bigint,
                ids.person,
                null,
                2
            from unnest(array[wanted, find_conversations.provider_id]) as ids (person)
            where
                not exists (
                    select 1
                    from outreach.prospects
                    where
                        prospects.workspace_id = one.workspace_id
                        and prospects.provider_id = ids.person
                )

        )

        select
            one.workspace_id,
            one.name,
            accounts.account_id,
            coalesce(people.name, writers.name, people.person),
            'with ' || accounts.name || ', LinkedIn id ' || people.person,
            people.rank,
            people.person
        from people
        inner join outreach.linkedin_accounts as accounts
            on
                accounts.workspace_id = one.workspace_id
                and (of_account_id is null or accounts.account_id = of_account_id)
        left join lateral (
            select
                messages.event_id,
                messages.payload -> 'sender' ->> 'attendee_name' as name
            from outreach.linkedin_events as messages
            where
                messages.workspace_id = one.workspace_id
                and messages.account_id = accounts.account_id
                and messages.provider_id = people.person
                and messages.event_type in ('message_received', 'message_sent')
            order by messages.event_id desc
            limit 1
        ) as writers on true
        where
            writers.event_id is not null
            or exists (
                select 1
                from outreach.campaign_prospects as enrollments
                where
                    enrollments.workspace_id = one.workspace_id
                    and enrollments.prospect_id = people.prospect_id
                    and enrollments.account_id = accounts.account_id
                offset 0 -- keeps this an index look-up per person
            )
        order by
            people.rank,
            writers.event_id desc nulls last,
            accounts.account_id;

        has_found := has_found or found;
    end loop;

    if has_found then
        return;
    end if;

    return query
    select writers.*
    from outreach.find_writers(wanted, in_workspace_id, of_account_id) as writers;
end
$$;
