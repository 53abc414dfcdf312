-- The queued jobs of an account, each with its person; at most 10,001 of them, so that a
-- count of many says so. person: tells people apart within an account, no more.
create or replace function outreach.queued_jobs_of_account(
    workspace_id bigint,
    account_id bigint
)
returns table (
    action text,
    person bigint,
    run_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        jobs.action,
        coalesce(enrollments.prospect_id, -jobs.answer_id),
        jobs.run_at
    from outreach.campaign_send_jobs as jobs
    left join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = queued_jobs_of_account.workspace_id
            and jobs.enrollment_id = enrollments.enrollment_id
    where
        jobs.workspace_id = queued_jobs_of_account.workspace_id
        and jobs.account_id = queued_jobs_of_account.account_id
        and jobs.status = 'queued'
    limit 10001;
end
$$;
