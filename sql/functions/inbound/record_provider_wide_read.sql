-- Stores one walk of a list that belongs to no single account: our items, and the
-- length of the list. Returns the read's id.
create or replace function outreach.record_provider_wide_read(
    provider_dsn text,
    list text,
    subject text,
    started_at timestamptz,
    ended_at timestamptz,
    is_complete boolean,
    page_count integer,
    item_count integer,
    stopped_by text,
    items jsonb
)
returns bigint
language sql
set search_path = pg_catalog, pg_temp
as $$
    insert into outreach.provider_wide_reads (
        provider_dsn, list, subject, started_at, ended_at, is_complete, page_count,
        item_count, stopped_by, items
    )
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    returning provider_wide_reads.read_id
$$;
