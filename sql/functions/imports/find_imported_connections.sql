-- Finds the campaign's account to which each person of an import is connected
-- (outreach.known_connections), for a campaign whose messages go to existing connections.
-- The person's id is copied from the list, so that no look-up is needed. Other campaigns
-- need no such proof.
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

    relations as materialized (

        select known.*
        from outreach.known_connections(
            find_imported_connections.workspace_id,
            find_imported_connections.campaign_id
        ) as known

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
