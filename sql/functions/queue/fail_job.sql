-- Fails a job permanently with its classification, and its enrollment too.
create or replace function outreach.fail_job(
    job outreach.campaign_send_jobs,
    classification text,
    actor text,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform outreach.set_job_status(job, 'failed', classification);

    if job.enrollment_id is null then
        return; -- an answer is of no enrollment
    end if;

    update outreach.campaign_prospects as enrollments
    set failed_classification = classification
    where
        enrollments.workspace_id = job.workspace_id
        and enrollments.enrollment_id = job.enrollment_id;

    perform outreach.record_enrollment_event(
        job.workspace_id, job.enrollment_id, 'send_failed', actor, at,
        to_status => 'failed',
        step_id => job.step_id,
        details => jsonb_build_object(
            'job_id', job.job_id, 'classification', classification
        )
    );
end
$$;
