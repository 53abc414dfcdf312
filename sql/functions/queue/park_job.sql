-- Parks a job and its enrollment until the template is fixed, without a call, a spent
-- limit or a time (LL#277). The enrollment keeps the error.
create or replace function outreach.park_job(
    job outreach.campaign_send_jobs,
    template_error jsonb,
    actor text,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    classification constant text := coalesce(
        template_error ->> 'code', 'template_error'
    );
begin
    perform outreach.set_job_status(job, 'parked', classification);

    update outreach.campaign_prospects as enrollments
    set
        failed_classification = classification,
        template_error = park_job.template_error
    where
        enrollments.workspace_id = job.workspace_id
        and enrollments.enrollment_id = job.enrollment_id;

    perform outreach.record_enrollment_event(
        job.workspace_id, job.enrollment_id, 'template_parked', actor, at,
        to_status => 'pending_template_fix',
        step_id => job.step_id,
        details => jsonb_build_object('job_id', job.job_id, 'error', template_error)
    );
end
$$;
