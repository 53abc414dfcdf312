-- The reads of lists of no single account whose items are older than their bound: at most
-- most_rows, the oldest first. The newest complete read of each list is kept.
create or replace function outreach.old_wide_read_items(
    at timestamptz,
    most_rows bigint
)
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    ended_before constant timestamptz
    := outreach.retention_bound('provider_wide_reads.items', at);
begin
    return query
    select reads.read_id
    from outreach.provider_wide_reads as reads
    where
        reads.ended_at < ended_before
        and reads.items is not null
        and (
            not reads.is_complete
            or exists (
                select 1
                from outreach.provider_wide_reads as newer
                where
                    newer.provider_dsn = reads.provider_dsn
                    and newer.list = reads.list
                    and newer.subject is not distinct from reads.subject
                    and newer.is_complete
                    and (newer.started_at, newer.read_id)
                    > (reads.started_at, reads.read_id)
            )
        )
    order by reads.read_id
    limit most_rows;
end
$$;
