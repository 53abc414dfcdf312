-- Sets an enrollment's next_action_at and its live job's run_at to one time, with one
-- event. A queued job gets the clamp of the later of next_action_at and now; any other
-- live job keeps its own time. The caller holds the account's lock. Returns that time.
create or replace function outreach.pair_enrollment(
    workspace_id bigint,
    enrollment_id bigint,
    actor text,
    at timestamptz
)
returns timestamptz
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    was_due_at timestamptz;
    job outreach.campaign_send_jobs;
    paired_at timestamptz;
begin
    select enrollments.next_action_at
    into was_due_at
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = pair_enrollment.workspace_id
        and enrollments.enrollment_id = pair_enrollment.enrollment_id
    for no key update;

    select jobs.*
    into strict job
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = pair_enrollment.workspace_id
        and jobs.enrollment_id = pair_enrollment.enrollment_id
        and outreach.is_live_job(jobs.status)
    for no key update;

    paired_at := case
        when job.status = 'queued' then outreach.clamp_to_sending_window(
            job.workspace_id, job.account_id,
            greatest(coalesce(was_due_at, job.run_at), pair_enrollment.at)
        )
        else job.run_at
    end;

    update outreach.campaign_send_jobs as jobs
    set run_at = paired_at
    where
        jobs.workspace_id = job.workspace_id
        and jobs.job_id = job.job_id
        and jobs.run_at <> paired_at;

    update outreach.campaign_prospects as enrollments
    set next_action_at = paired_at
    where
        enrollments.workspace_id = job.workspace_id
        and enrollments.enrollment_id = job.enrollment_id;

    perform outreach.record_enrollment_event(
        job.workspace_id, job.enrollment_id, 'rescheduled', pair_enrollment.actor,
        pair_enrollment.at,
        details => jsonb_build_object(
            'reason', 'unpaired',
            'job_id', job.job_id,
            'from', was_due_at,
            'job_was_at', job.run_at,
            'to', paired_at
        )
    );

    return paired_at;
end
$$;
