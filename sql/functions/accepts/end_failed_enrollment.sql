-- Ends again an enrollment that had failed before its invite was to be withdrawn, after
-- the invite was accepted: the withdrawal that waits is cancelled, and nothing follows.
create or replace function outreach.end_failed_enrollment(
    enrollment outreach.campaign_prospects,
    job outreach.campaign_send_jobs,
    actor text,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if job.status in ('queued', 'claimed') then
        perform outreach.set_job_status(job, 'cancelled', 'accepted');
    end if;

    perform outreach.stop_enrollments(
        enrollment.workspace_id, array[enrollment.enrollment_id],
        enrollment.failed_classification, actor, at
    );
end
$$;
