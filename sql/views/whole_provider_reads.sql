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
        when bases.items is not null
            then
                reads.items
                || outreach.remaining_items(bases.items, reads.gone_positions)
    end as items
from outreach.provider_reads as reads
left join outreach.provider_reads as bases
    on
        reads.workspace_id = bases.workspace_id
        and reads.base_read_id = bases.read_id;

grant select on outreach.whole_provider_reads to sender, operator;
