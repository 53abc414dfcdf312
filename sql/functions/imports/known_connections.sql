-- The people to whom a campaign's accounts are connected, each with its proof: the
-- account's list of relations (the newest complete read), a later event, an accept, or a
-- look-up that found the connection. A person can have several rows.
create or replace function outreach.known_connections(
    workspace_id bigint,
    campaign_id bigint
)
returns table (
    account_id bigint,
    provider_id text,
    public_identifier text,
    proof jsonb
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    newest as materialized (

        select distinct on (provider_reads.account_id)
            provider_reads.account_id,
            provider_reads.read_id
        from outreach.campaign_accounts
        inner join outreach.provider_reads
            on
                provider_reads.workspace_id = known_connections.workspace_id
                and campaign_accounts.account_id = provider_reads.account_id
        where
            campaign_accounts.workspace_id = known_connections.workspace_id
            and campaign_accounts.campaign_id = known_connections.campaign_id
            and provider_reads.list = 'relations'
            and provider_reads.is_complete
            and provider_reads.items_emptied_at is null
        order by
            provider_reads.account_id,
            provider_reads.started_at desc,
            provider_reads.read_id desc

    ),

    reads as (

        select
            newest.account_id,
            newest.read_id,
            whole.items
        from newest
        inner join outreach.whole_provider_reads as whole
            on
                whole.workspace_id = known_connections.workspace_id
                and newest.read_id = whole.read_id

    )

    select
        reads.account_id,
        items.provider_id,
        items.public_identifier,
        jsonb_build_object('read_id', reads.read_id)
    from reads
    cross join lateral jsonb_to_recordset(reads.items) as items (
        provider_id text,
        public_identifier text
    )

    union all

    select
        events.account_id,
        events.provider_id,
        events.public_identifier,
        jsonb_build_object('event_id', events.event_id)
    from outreach.linkedin_events as events
    where
        events.workspace_id = known_connections.workspace_id
        and events.event_type = 'new_relation'
        and events.account_id in (
            select campaign_accounts.account_id
            from outreach.campaign_accounts
            where
                campaign_accounts.workspace_id
                = known_connections.workspace_id
                and campaign_accounts.campaign_id
                = known_connections.campaign_id
        )

    union all

    select
        enrollments.account_id,
        prospects.provider_id,
        prospects.public_identifier,
        jsonb_build_object('enrollment_id', enrollments.enrollment_id)
    from outreach.campaign_accounts
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = known_connections.workspace_id
            and campaign_accounts.account_id = enrollments.account_id
    inner join outreach.prospects
        on
            prospects.workspace_id = known_connections.workspace_id
            and enrollments.prospect_id = prospects.prospect_id
    where
        campaign_accounts.workspace_id = known_connections.workspace_id
        and campaign_accounts.campaign_id = known_connections.campaign_id
        and (
            enrollments.linkedin_accepted_at is not null
            or exists (
                select 1
                from outreach.campaign_events as events
                where
                    events.workspace_id = known_connections.workspace_id
                    and events.enrollment_id = enrollments.enrollment_id
                    and events.event_type = 'already_connected'
            )
        );
end
$$;
