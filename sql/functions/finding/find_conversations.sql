-- The conversations of accounts with the matching people, of one workspace or of all, each
-- with a rank: 1 by the person's id here, 2 by profile or LinkedIn's id, 3 by email
-- address, 4 by the whole name, also that of a writer who is in no list of people.
-- found_id is the account, person LinkedIn's id. The newest conversation is first.
-- provider_id and public_identifier are parsed from a profile's address.
create or replace function outreach.find_conversations(
    wanted text,
    provider_id text,
    public_identifier text,
    in_workspace_id bigint default null,
    of_account_id bigint default null
)
returns table (
    workspace_id bigint,
    workspace_name text,
    found_id bigint,
    name text,
    detail text,
    rank integer,
    person text
)
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
        with

        people as materialized (

            select
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

        ),

        -- A writer is named by the provider; the newest name counts.
        written as materialized (

            select
                messages.account_id,
                messages.provider_id as person,
                max(messages.event_id) as newest_id,
                (
                    array_agg(
                        messages.payload -> 'sender' ->> 'attendee_name'
                        order by messages.event_id desc
                    ) filter (
                        where messages.payload -> 'sender' ->> 'attendee_name' is not null
                    )
                ) [1] as name
            from outreach.linkedin_events as messages
            where
                messages.workspace_id = one.workspace_id
                and messages.event_type in ('message_received', 'message_sent')
                and messages.provider_id is not null
            group by
                messages.account_id,
                messages.provider_id

        ),

        pairs as (

            select
                written.account_id,
                written.person,
                written.newest_id,
                coalesce(people.name, written.name, written.person) as name,
                coalesce(
                    people.rank,
                    case
                        when
                            written.person in (wanted, find_conversations.provider_id)
                            then 2
                        when lower(written.name) = lower(wanted) then 4
                    end
                ) as rank
            from written
            left join people on written.person = people.person

            union all

            select
                enrollments.account_id,
                people.person,
                0,
                people.name,
                people.rank
            from people
            inner join outreach.prospects
                on
                    prospects.workspace_id = one.workspace_id
                    and people.person = prospects.provider_id
            inner join outreach.campaign_prospects as enrollments
                on
                    enrollments.workspace_id = one.workspace_id
                    and prospects.prospect_id = enrollments.prospect_id
            where
                not exists (
                    select 1
                    from written
                    where
                        written.account_id = enrollments.account_id
                        and written.person = people.person
                )

        )

        select distinct on (pairs.rank, pairs.newest_id, pairs.account_id, pairs.person)
            one.workspace_id,
            one.name,
            pairs.account_id,
            pairs.name,
            'with ' || accounts.name || ', LinkedIn id ' || pairs.person,
            pairs.rank,
            pairs.person
        from pairs
        inner join outreach.linkedin_accounts as accounts
            on
                accounts.workspace_id = one.workspace_id
                and pairs.account_id = accounts.account_id
        where
            pairs.rank is not null
            and (of_account_id is null or pairs.account_id = of_account_id)
        order by
            pairs.rank,
            pairs.newest_id desc,
            pairs.account_id,
            pairs.person;
    end loop;
end
$$;
