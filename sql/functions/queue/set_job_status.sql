-- Sets a job's status. A queued or unknown job keeps its time; for any other status
-- next_action_at becomes null. is_retry: whether a call was made in vain, which counts as
-- a retry of the job; a release does not.
create or replace function outreach.set_job_status(
    job outreach.campaign_send_jobs,
    to_status text,
    classification text default null,
    completed_at timestamptz default null,
    is_retry boolean default false
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    -- The common lock order: account, enrollment, job.
    perform
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = job.workspace_id
        and enrollments.enrollment_id = job.enrollment_id
    for no key update;

    update outreach.campaign_send_jobs as jobs
    set
        status = to_status,
        run_at = case when to_status in ('queued', 'unknown') then jobs.run_at end,
        claimed_by = null,
        lease_expires_at = null,
        completed_at = set_job_status.completed_at,
        retry_count = jobs.retry_count + is_retry::integer,
        failed_classification = coalesce(classification, jobs.failed_classification)
    where
        jobs.workspace_id = job.workspace_id
        and jobs.job_id = job.job_id;

    if to_status not in ('queued', 'unknown') then
        update outreach.campaign_prospects as enrollments
        set next_action_at = null
        where
            enrollments.workspace_id = job.workspace_id
            and enrollments.enrollment_id = job.enrollment_id
            and enrollments.next_action_at is not null;
    end if;
end
$$;
