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
        waiting.action,
        count(distinct waiting.person),
        count(*),
        count(*) filter (where waiting.run_at <= queued_by_action.at)
    from (
        select
            outreach.limited_action(jobs.action) as action,
            coalesce(enrollments.prospect_id, -jobs.answer_id) as person,
            jobs.run_at
        from outreach.campaign_send_jobs as jobs
        left join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = queued_by_action.workspace_id
                and jobs.enrollment_id = enrollments.enrollment_id
        where
            jobs.workspace_id = queued_by_action.workspace_id
            and jobs.account_id = queued_by_action.account_id
            and jobs.status = 'queued'
        limit 10001
    ) as waiting
    group by waiting.action;
end
$$;
