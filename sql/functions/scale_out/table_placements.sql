-- Returns where each table of the schema belongs in a cluster of Citus: `tenant` is
-- spread by workspace_id, `reference` is the same on every node, `local` stays on the
-- coordinator. A table comes after all tables that it refers to, by place_order.
-- What a read of a whole provider brings is local: the workers read none of it. A webhook
-- that is not read yet holds steps of any workspace, so its inbox is on every node.
create or replace function outreach.table_placements()
returns table (table_name text, placement text, place_order integer)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    with recursive

    tables as (

        select
            relations.oid as table_id,
            relations.relname::text as table_name,
            case
                -- An address or an identity is looked up before its workspace is known.
                when relations.relname in ('workspaces', 'provider_accounts')
                    then 'reference'
                when exists (
                    select 1
                    from pg_catalog.pg_attribute as columns
                    where
                        columns.attrelid = relations.oid
                        and columns.attname = 'workspace_id'
                ) then 'tenant'
                when relations.relname in (
                    'schema_migrations', 'ledger_identity', 'provider_wide_reads',
                    'webhook_repairs'
                ) then 'local'
                else 'reference'
            end as placement
        from pg_catalog.pg_class as relations
        where
            relations.relnamespace = 'outreach'::regnamespace
            and relations.relkind in ('r', 'p')

    ),

    below as (

        select
            tables.table_id,
            0 as place_order
        from tables

        union

        select
            keys.conrelid,
            below.place_order + 1
        from below
        inner join pg_catalog.pg_constraint as keys
            on
                below.table_id = keys.confrelid
                and keys.contype = 'f'
                and keys.conrelid <> keys.confrelid

    )

    select
        tables.table_name,
        tables.placement,
        max(below.place_order)
    from tables
    inner join below
        on tables.table_id = below.table_id
    group by tables.table_name, tables.placement
    order by
        array_position(array['local', 'reference', 'tenant'], tables.placement),
        max(below.place_order),
        tables.table_name;
end
$$;
