-- Empties the raw columns of the tables that belong to no workspace, as
-- outreach.empty_raw_columns() does: webhooks that were read, and reads of the lists of
-- accounts and webhooks.
create or replace function outreach.empty_global_raw_columns(
    as_of timestamptz default null,
    most_rows bigint default 10000
)
returns table (what text, row_count bigint, byte_count bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
begin
    return query
    select bodies.*
    from outreach.empty_webhook_bodies(at, most_rows) as bodies;

    return query
    select
        'provider_wide_reads.items',
        emptied.*
    from outreach.empty_raw_rows(
        null, 'provider_wide_reads', 'items', 'read_id',
        array(select outreach.old_wide_read_items(at, most_rows)), at
    ) as emptied;
end
$$;
