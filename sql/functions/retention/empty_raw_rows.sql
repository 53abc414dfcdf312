-- Empties a raw column of some rows, once each, and keeps the hash of its text. By
-- convention the columns <raw column>_sha256 and <raw column>_emptied_at stand beside it.
-- workspace_id: null for a table of no workspace. Only the owner may update these tables.
-- Returns the number of rows and their bytes as stored.
create or replace function outreach.empty_raw_rows(
    workspace_id bigint,
    table_name text,
    raw_column text,
    id_column text,
    ids bigint [],
    at timestamptz
)
returns table (row_count bigint, byte_count bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return query execute format(
        'with kept as (
            select
                %2$I as id,
                pg_column_size(%3$I) as bytes,
                encode(sha256(convert_to(%3$I::text, ''UTF8'')), ''hex'') as hash
            from outreach.%1$I
            where %2$I = any($2) and %3$I is not null and ($1 is null or %6$s)
        ),
        emptied as (
            update outreach.%1$I
            set
                %3$I = null,
                %4$I = kept.hash,
                %5$I = $3
            from kept
            where %2$I = kept.id and %3$I is not null and ($1 is null or %6$s)
            returning kept.bytes
        )
        select count(*), coalesce(sum(emptied.bytes), 0)::bigint
        from emptied',
        table_name, id_column, raw_column,
        raw_column || '_sha256', raw_column || '_emptied_at',
        case when workspace_id is null then 'true' else 'workspace_id = $1' end
    ) using workspace_id, ids, at;
end
$$;
