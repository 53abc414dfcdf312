-- Enrollments of a workspace with a live job at another time than next_action_at
-- (LL#274): rows from before the rule that the two are equal, or written without its
-- trigger.
create or replace function outreach.unpaired_enrollments(workspace_id bigint)
returns table (
    enrollment_id bigint,
    account_id bigint,
    job_status text,
    next_action_at timestamptz,
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
        enrollments.enrollment_id,
        jobs.account_id,
        jobs.status,
        enrollments.next_action_at,
        jobs.run_at
    from outreach.campaign_send_jobs as jobs
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = unpaired_enrollments.workspace_id
            and jobs.enrollment_id = enrollments.enrollment_id
    where
        jobs.workspace_id = unpaired_enrollments.workspace_id
        and outreach.is_live_job(jobs.status)
        and enrollments.next_action_at is distinct from jobs.run_at
        and (
            jobs.status <> 'queued'
            or exists (
                select 1
                from outreach.linkedin_account_sending_windows as windows
                where
                    windows.workspace_id = unpaired_enrollments.workspace_id
                    and windows.account_id = jobs.account_id
            )
        );
end
$$;
