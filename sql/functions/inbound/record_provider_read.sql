-- Stores one walk of a provider's list, reduced to the ids and times that decisions
-- need. Absence proves something only if the walk was complete. A complete list that is
-- much like an earlier one stores what changed (outreach.changes_since_read). cache: the
-- headers of caches by page, null without any. Returns the read's id.
create or replace function outreach.record_provider_read(
    workspace_id bigint,
    account_id bigint,
    list text,
    subject text,
    started_at timestamptz,
    ended_at timestamptz,
    is_complete boolean,
    page_count integer,
    stopped_by text,
    items jsonb,
    cache jsonb default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    base_id bigint;
    gone bigint [];
    new_items jsonb;
    recorded_id bigint;
begin
    if record_provider_read.is_complete then
        select
            since.base_read_id,
            since.gone_positions,
            since.new_items
        into
            base_id,
            gone,
            new_items
        from outreach.changes_since_read(
            record_provider_read.workspace_id, record_provider_read.account_id,
            record_provider_read.list, record_provider_read.subject,
            record_provider_read.started_at, record_provider_read.items
        ) as since;
    end if;

    insert into outreach.provider_reads (
        workspace_id, account_id, list, subject, started_at, ended_at, is_complete,
        page_count, item_count, stopped_by, base_read_id, gone_positions, items, cache
    )
    values (
        record_provider_read.workspace_id, record_provider_read.account_id,
        record_provider_read.list, record_provider_read.subject,
        record_provider_read.started_at, record_provider_read.ended_at,
        record_provider_read.is_complete, record_provider_read.page_count,
        jsonb_array_length(record_provider_read.items),
        record_provider_read.stopped_by, base_id, gone,
        coalesce(new_items, record_provider_read.items),
        record_provider_read.cache
    )
    returning provider_reads.read_id into recorded_id;

    return recorded_id;
end
$$;
