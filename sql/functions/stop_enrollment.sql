-- Ends an enrollment that must go no further, and what of its job has not begun: that
-- is cancelled, whatever its status. A call that has begun is left to its answer.
-- Returns whether a job was cancelled.
create or replace function outreach.stop_enrollment(
    workspace_id bigint,
    enrollment_id bigint,
    reason text,
    actor text,
    at timestamptz
)
returns boolean
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
    job outreach.campaign_send_jobs;
begin
    select jobs.*
    into job
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = stop_enrollment.workspace_id
        and jobs.enrollment_id = stop_enrollment.enrollment_id
        and jobs.status in ('queued', 'claimed', 'parked')
    for no key update;

    if found then
        perform outreach.set_job_status(job, 'cancelled', stop_enrollment.reason);
    end if;

    update outreach.campaign_prospects as enrollments
    set failed_classification = stop_enrollment.reason
    where
        enrollments.workspace_id = stop_enrollment.workspace_id
        and enrollments.enrollment_id = stop_enrollment.enrollment_id;

    perform outreach.record_enrollment_event(
        stop_enrollment.workspace_id, stop_enrollment.enrollment_id, 'send_cancelled',
        actor, at,
        to_status => 'failed',
        details => jsonb_build_object(
            'job_id', job.job_id, 'reason', stop_enrollment.reason
        )
    );

    return job.job_id is not null;
end
$$;
