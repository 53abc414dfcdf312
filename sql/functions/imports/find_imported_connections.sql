-- Finds the campaign's account to which each person of an import is connected, for a
-- campaign whose messages go to existing connections. The proof is the account's list
-- of relations (the newest complete read or a later event), an accept, or a look-up
-- that found the connection. The person's id is copied from the list, so that no
-- look-up is needed. Other campaigns need no such proof.
create or replace function outreach.find_imported_connections(
    workspace_id bigint,
    campaign_id bigint
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    if not exists (
        select 1
        from outreach.campaign_aims(
            find_imported_connections.workspace_id,
            find_imported_connections.campaign_id
        ) as aims
        where aims.needs_connections
    ) then
        return;
    end if;

    create temporary table imported_connections on commit drop as
    with

    reads as (

        select distinct on (provider_reads.account_id)
            provider_reads.account_id,
            provider_reads.read_id,
            provider_reads.items
        from outreach.campaign_accounts
        inner join outreach.whole_provider_reads as provider_reads
            on
                provider_reads.workspace_id = find_imported_connections.workspace_id
                and campaign_accounts.account_id = provider_reads.account_id
        where
            campaign_accounts.workspace_id = find_imported_connections.workspace_id
            and campaign_accounts.campaign_id = find_imported_connections.campaign_id
            and provider_reads.list = 'relations'
            and provider_reads.is_complete
            and provider_reads.items_emptied_at is null
        order by
            provider_reads.account_id,
            provider_reads.started_at desc,
            provider_reads.read_id desc

    ),

    relations as (

        select
            reads.account_id,
            items.provider_id,
            items.public_identifier,
            jsonb_build_object('read_id', reads.read_id) as proof
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
            jsonb_build_object('event_id', events.event_id) as proof
        from outreach.linkedin_events as events
        where
            events.workspace_id = find_imported_connections.workspace_id
            and events.event_type = 'new_relation'
            and events.account_id in (
                select campaign_accounts.account_id
                from outreach.campaign_accounts
                where
                    campaign_accounts.workspace_id
                    = find_imported_connections.workspace_id
                    and campaign_accounts.campaign_id
                    = find_imported_connections.campaign_id
            )

        union all

        select
            enrollments.account_id,
            prospects.provider_id,
            prospects.public_identifier,
            jsonb_build_object('enrollment_id', enrollments.enrollment_id) as proof
        from outreach.campaign_accounts
        inner join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = find_imported_connections.workspace_id
                and campaign_accounts.account_id = enrollments.account_id
        inner join outreach.prospects
            on
                prospects.workspace_id = find_imported_connections.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        where
            campaign_accounts.workspace_id = find_imported_connections.workspace_id
            and campaign_accounts.campaign_id = find_imported_connections.campaign_id
            and (
                enrollments.linkedin_accepted_at is not null
                or exists (
                    select 1
                    from outreach.campaign_events as events
                    where
                        events.workspace_id = find_imported_connections.workspace_id
                        and events.enrollment_id = enrollments.enrollment_id
                        and events.event_type = 'already_connected'
                )
            )

    ),

    matched as (

        select
            imported.line_number,
            relations.*
        from pg_temp.imported_prospects as imported
        inner join relations on imported.provider_id = relations.provider_id

        union all

        select
            imported.line_number,
            relations.*
        from pg_temp.imported_prospects as imported
        inner join relations on imported.public_identifier = relations.public_identifier

        union all

        select
            imported.line_number,
            relations.*
        from pg_temp.imported_prospects as imported
        inner join outreach.prospects
            on
                prospects.workspace_id = find_imported_connections.workspace_id
                and imported.prospect_id = prospects.prospect_id
        inner join relations on prospects.provider_id = relations.provider_id

    )

    -- People who are connected to several accounts are spread over those accounts.
    select distinct on (matched.line_number)
        matched.line_number,
        matched.account_id,
        matched.provider_id,
        matched.proof
    from matched
    order by
        matched.line_number,
        hashint8(matched.line_number + (matched.account_id << 32)),
        matched.account_id,
        matched.provider_id nulls last;

    update pg_temp.imported_prospects as imported
    set
        connected_account_id = connections.account_id,
        connection_proof = connections.proof,
        provider_id = coalesce(imported.provider_id, connections.provider_id)
    from pg_temp.imported_connections as connections
    where imported.line_number = connections.line_number;

    drop table pg_temp.imported_connections;

    -- An id from the list may belong to a known person.
    perform outreach.find_imported_prospects(find_imported_connections.workspace_id);
end
$$;
