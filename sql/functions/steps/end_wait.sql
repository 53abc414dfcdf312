-- Ends a wait for the accept after its time-out and continues the campaign, without a
-- call or a spent limit. The invite stays pending, and an accept still counts.
create or replace function outreach.end_wait(
    job outreach.campaign_send_jobs,
    actor text,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    -- Not completed, because a completed job is a done provider action.
    perform outreach.set_job_status(job, 'cancelled', 'wait_ended');

    perform outreach.record_enrollment_event(
        job.workspace_id, job.enrollment_id, 'wait_ended', actor, at,
        step_id => job.step_id,
        details => jsonb_build_object('job_id', job.job_id)
    );

    perform outreach.advance_enrollments(
        job.workspace_id, array[job.enrollment_id], actor, at
    );
end
$$;
