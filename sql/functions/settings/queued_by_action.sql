-- The queued jobs of an account by the action whose limits hold them, and their people.
-- At most 10,001 jobs are counted. due_count: jobs whose time has come.
create or replace function outreach.queued_by_action(
    workspace_id bigint,
    account_id bigint,
    at timestamptz
)
returns table (
    action text,
    people_count bigint,
    job_count bigint,
    due_count bigint
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        outreach.limited_action(waiting.action),
        count(distinct waiting.person),
        count(*),
        count(*) filter (where waiting.run_at <= queued_by_action.at)
    from outreach.queued_jobs_of_account(
        queued_by_action.workspace_id, queued_by_action.account_id
    ) as waiting
    group by outreach.limited_action(waiting.action);
end
$$;
