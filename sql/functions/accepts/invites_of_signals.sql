-- Each invite that any account sent to a person in outreach.recent_accept_signals(),
-- and one row without an invite for each such person who is a prospect. People are
-- matched by LinkedIn's id if both ids are of one kind (their first five characters are
-- equal), and otherwise by the public identifier.
create or replace function outreach.invites_of_signals(
    workspace_id bigint,
    as_of timestamptz
)
returns table (
    account_id bigint,
    person text,
    invite_event_id bigint,
    enrollment_id bigint,
    invited_by bigint,
    invited_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    aliases as materialized (

        select distinct
            signals.account_id,
            signals.person,
            signals.provider_id,
            signals.public_identifier
        from outreach.recent_accept_signals(
            invites_of_signals.workspace_id, as_of
        ) as signals

    ),

    found as materialized (

        select
            aliases.account_id,
            aliases.person,
            prospects.prospect_id
        from aliases
        inner join outreach.prospects
            on
                prospects.workspace_id = invites_of_signals.workspace_id
                and aliases.provider_id = prospects.provider_id
        union
        select
            aliases.account_id,
            aliases.person,
            prospects.prospect_id
        from aliases
        inner join outreach.prospects
            on
                prospects.workspace_id = invites_of_signals.workspace_id
                and aliases.public_identifier = prospects.public_identifier
        where
            coalesce(
                left(aliases.provider_id, 5) <> left(prospects.provider_id, 5), true
            )

    )

    select
        found.account_id,
        found.person,
        events.event_id,
        events.enrollment_id,
        events.account_id,
        events.occurred_at
    from found
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = invites_of_signals.workspace_id
            and found.prospect_id = enrollments.prospect_id
    inner join outreach.campaign_events as events
        on
            events.workspace_id = invites_of_signals.workspace_id
            and enrollments.enrollment_id = events.enrollment_id
            and events.event_type = 'invite_sent'
    union all
    select distinct
        found.account_id,
        found.person,
        null::bigint,
        null::bigint,
        null::bigint,
        null::timestamptz
    from found;
end
$$;
