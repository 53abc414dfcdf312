-- Keeps one walk of a provider's list, reduced to the ids and times that decisions need.
-- Absence from it is evidence only if it was complete. Returns the read's id.
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
    items jsonb
)
returns bigint
language sql
set search_path = pg_catalog, pg_temp
as $$
    insert into outreach.provider_reads (
        workspace_id, account_id, list, subject, started_at, ended_at, is_complete,
        page_count, item_count, stopped_by, items
    )
    values ($1, $2, $3, $4, $5, $6, $7, $8, jsonb_array_length($10), $9, $10)
    returning provider_reads.read_id
$$;
