-- Empties raw columns of a workspace that are older than their retention_bounds. Rows and
-- hashes of what was emptied stay; outreach.old_raw_responses(), old_read_items() and
-- old_heal_proofs() say what is kept beyond the bound.
-- One call empties at most most_rows of each column, the oldest first, so that its
-- transaction is short. The caller repeats it until less is emptied. Only the owner may
-- update these tables. Returns the number of rows and their bytes as stored.
create or replace function outreach.empty_raw_columns(
    workspace_id bigint,
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
    select
        'send_attempt_outcomes.raw_response',
        emptied.*
    from outreach.empty_raw_rows(
        workspace_id, 'send_attempt_outcomes', 'raw_response', 'outcome_id',
        array(select outreach.old_raw_responses(workspace_id, at, most_rows)), at
    ) as emptied;

    return query
    select
        'provider_reads.items',
        emptied.*
    from outreach.empty_raw_rows(
        workspace_id, 'provider_reads', 'items', 'read_id',
        array(select outreach.old_read_items(workspace_id, at, most_rows)), at
    ) as emptied;

    return query
    select
        'heal_reports.proof',
        emptied.*
    from outreach.empty_raw_rows(
        workspace_id, 'heal_reports', 'proof', 'report_id',
        array(select outreach.old_heal_proofs(workspace_id, at, most_rows)), at
    ) as emptied;
end
$$;
