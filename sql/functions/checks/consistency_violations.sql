-- Every way in which rows contradict one another or a promise: what
-- scripts/check_consistency.py prints. Nothing is returned by a system that is well.
-- kind: duplicated, lost, stuck, over_limit, outside_window, unpaired, misplaced or
-- miscounted.
create or replace function outreach.consistency_violations(
    as_of timestamptz default null
)
returns table (kind text, workspace_id bigint, subject text, detail text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select 'duplicated', found.*
    from outreach.duplicated_sends() as found
    union all
    select 'lost', found.*
    from outreach.lost_sends() as found
    union all
    select 'stuck', found.*
    from outreach.stuck_jobs(coalesce($1, clock_timestamp())) as found
    union all
    select 'over_limit', found.*
    from outreach.attempts_over_limit() as found
    union all
    select 'outside_window', found.*
    from outreach.attempts_outside_window() as found
    union all
    select 'unpaired', found.*
    from outreach.unpaired_rows() as found
    union all
    select 'misplaced', found.*
    from outreach.misplaced_jobs() as found
    union all
    select 'miscounted', found.*
    from outreach.miscounted_days() as found
$$;
