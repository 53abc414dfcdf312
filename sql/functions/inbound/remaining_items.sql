-- The items of a read of a list but for those at some positions, in their order.
create or replace function outreach.remaining_items(
    items jsonb,
    gone_positions bigint []
)
returns jsonb
language sql
immutable
parallel safe
return (
    select coalesce(jsonb_agg(entries.item order by entries.place), '[]')
    from jsonb_array_elements(remaining_items.items)
    with ordinality as entries (item, place)
    where
        not exists (
            select 1
            from unnest(remaining_items.gone_positions) as gone (place)
            where gone.place = entries.place
        )
);
