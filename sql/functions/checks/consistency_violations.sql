-- Rows that contradict one another or a guarantee, for `trueup db check`. A consistent
-- database returns no row.
-- kind: duplicated, lost, stuck, over_limit, outside_window, unpaired, misplaced or
-- miscounted. miscounted: a daily counter that no history of adding one per attempt,
-- and healing, could have left: below what the rows say, or above all that was begun.
create or replace function outreach.consistency_violations(
    as_of timestamptz default null
)
returns table (kind text, workspace_id bigint, subject text, detail text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    one_workspace_id bigint;
begin
    for one_workspace_id in
        select apart.workspace_id
        from outreach.workspaces_apart() as apart (workspace_id)
    loop
        return query
        select found.*
        from outreach.ledger_violations(one_workspace_id) as found;
    end loop;

    return query
    select found.*
    from outreach.limit_violations() as found
    union all
    select found.*
    from outreach.queue_violations(coalesce(as_of, clock_timestamp())) as found
    union all
    select 'unpaired', found.*
    from outreach.unpaired_rows() as found
    union all
    select
        'miscounted',
        truths.workspace_id,
        'account ' || truths.account_id,
        truths.action || ' on ' || truths.counted_on || ' is counted '
        || truths.cached || ', but ' || truths.truth
        || ' count and ' || truths.attempts_begun || ' were begun'
    from outreach.daily_counter_truths() as truths
    where truths.kind in ('shortfall', 'inflation');
end
$$;
