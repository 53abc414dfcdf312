-- outreach.account_blockers of all accounts of a workspace: why each active enrollment has
-- not been sent yet, and when that lifts.
-- Security definer: a view that analysts read asks it, and they hold no right to the
-- tables that it reads.
create or replace function outreach.enrollment_blockers(
    workspace_id bigint,
    at timestamptz
)
returns table (
    enrollment_id bigint,
    job_id bigint,
    job_status text,
    blocker text,
    lifts_at timestamptz,
    jobs_ahead_count bigint,
    is_next boolean
)
language plpgsql
stable
rows 10000
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    account_ids constant bigint [] := array(
        select accounts.account_id
        from outreach.linkedin_accounts as accounts
        where accounts.workspace_id = enrollment_blockers.workspace_id
    );
begin
    return query
    select blockers.*
    from outreach.account_blockers(
        enrollment_blockers.workspace_id, account_ids, enrollment_blockers.at
    ) as blockers;
end
$$;
