-- The heal reports whose proof is older than its bound: at most most_rows, the oldest
-- first.
create or replace function outreach.old_heal_proofs(
    workspace_id bigint,
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
    reported_before constant timestamptz
    := outreach.retention_bound('heal_reports.proof', at);
begin
    return query
    select reports.report_id
    from outreach.heal_reports as reports
    where
        reports.workspace_id = old_heal_proofs.workspace_id
        and reports.reported_at < reported_before
        and reports.proof is not null
    order by reports.report_id
    limit most_rows;
end
$$;
