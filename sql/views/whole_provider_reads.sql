-- Each read of a list with all its items. A read that builds on an earlier one stores only
-- what changed: it has the items of that read but for those at its gone_positions, and
-- its own. items is null once they were emptied. It reads with its owner's rights, because
-- analysts read it in marts, without rights to its table.
create or replace view outreach.whole_provider_reads as
select
    reads.workspace_id,
    reads.read_id,
    reads.account_id,
    reads.list,
    reads.subject,
    reads.started_at,
    reads.ended_at,
    reads.is_complete,
    reads.page_count,
    reads.item_count,
    reads.stopped_by,
    reads.items_emptied_at,
    case
        when reads.base_read_id is null then reads.items
        else reads.items || (
            select
                coalesce(
                    (
                        select jsonb_agg(entries.item)
                        from jsonb_array_elements(bases.items)
                        with ordinality as entries (item, place)
                        where not exists (
                            select 1
                            from unnest(reads.gone_positions) as gone (place)
                            where gone.place = entries.place
                        )
                    ),
                    '[]'
                )
            from outreach.provider_reads as bases
            where
                bases.workspace_id = reads.workspace_id
                and bases.read_id = reads.base_read_id
                and bases.items is not null
        )
    end as items
from outreach.provider_reads as reads;

grant select on outreach.whole_provider_reads to sender, operator;
