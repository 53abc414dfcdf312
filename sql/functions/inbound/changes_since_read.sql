-- What a complete list has more and less than the latest read of it that is stored whole,
-- of the last 7 days. No row if there is no such read, if more than an eighth of the list
-- changed, or if items that occur twice make the list another one.
-- gone_positions: the places of the items that are gone, from 1 on. new_items: a JSON
-- array.
create or replace function outreach.changes_since_read(
    workspace_id bigint,
    account_id bigint,
    list text,
    subject text,
    at timestamptz,
    items jsonb
)
returns table (base_read_id bigint, gone_positions bigint [], new_items jsonb)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    bases as materialized (

        select
            reads.read_id,
            reads.items
        from outreach.provider_reads as reads
        where
            reads.workspace_id = changes_since_read.workspace_id
            and reads.account_id = changes_since_read.account_id
            and reads.list = changes_since_read.list
            and reads.subject is not distinct from changes_since_read.subject
            and reads.is_complete
            and reads.base_read_id is null
            and reads.items is not null
            and reads.started_at <= changes_since_read.at
            and reads.started_at > changes_since_read.at - interval '168 hours'
        order by
            reads.started_at desc,
            reads.read_id desc
        limit 1

    ),

    was as materialized (

        select
            entries.item,
            entries.place
        from bases
        cross join lateral jsonb_array_elements(bases.items)
        with ordinality as entries (item, place)

    ),

    listed as materialized (

        select entries.item
        from jsonb_array_elements(changes_since_read.items) as entries (item)

    ),

    changes as (

        select
            bases.read_id,
            array(
                select was.place
                from was
                where not exists (
                    select 1
                    from listed
                    where listed.item = was.item
                )
                order by was.place
            ) as gone_positions,
            (
                select coalesce(jsonb_agg(listed.item), '[]')
                from listed
                where not exists (
                    select 1
                    from was
                    where was.item = listed.item
                )
            ) as new_items,
            jsonb_array_length(bases.items) as base_count,
            jsonb_array_length(changes_since_read.items) as item_count
        from bases

    )

    select
        changes.read_id,
        changes.gone_positions,
        changes.new_items
    from changes
    where
        8 * (
            cardinality(changes.gone_positions) + jsonb_array_length(changes.new_items)
        ) <= changes.item_count
        and changes.item_count
        = changes.base_count - cardinality(changes.gone_positions)
        + jsonb_array_length(changes.new_items);
end
$$;
