-- Ends an enrollment that must not continue, and cancels its job in any status if its
-- call has not begun. A call that has begun waits for its answer. A pending invite
-- stays: it may still be accepted, and its withdrawal contacts no person. Such an
-- enrollment stays pending, or becomes pending again, and only its withdrawal stays in
-- the queue. Returns whether a job was cancelled.
create or replace function outreach.stop_enrollment(
    workspace_id bigint,
    enrollment_id bigint,
    reason text,
    actor text,
    at timestamptz
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    from_status text;
    is_invite_out boolean;
    to_status text;
    job outreach.campaign_send_jobs;
begin
    select
        enrollments.linkedin_status,
        enrollments.linkedin_accepted_at is null
        and (
            enrollments.linkedin_status = 'pending_accept'
            or enrollments.linkedin_invited_at is not null
        )
    into strict from_status, is_invite_out
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = stop_enrollment.workspace_id
        and enrollments.enrollment_id = stop_enrollment.enrollment_id
    for no key update;

    select jobs.*
    into job
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = stop_enrollment.workspace_id
        and jobs.enrollment_id = stop_enrollment.enrollment_id
        and jobs.status in ('queued', 'claimed', 'parked')
        and jobs.action <> 'withdraw_invite'
    for no key update;

    if found then
        perform outreach.set_job_status(job, 'cancelled', stop_enrollment.reason);
    end if;

    update outreach.campaign_prospects as enrollments
    set
        failed_classification = case
            when not is_invite_out then stop_enrollment.reason
        end,
        template_error = null
    where
        enrollments.workspace_id = stop_enrollment.workspace_id
        and enrollments.enrollment_id = stop_enrollment.enrollment_id;

    to_status := case when is_invite_out then 'pending_accept' else 'failed' end;

    if job.job_id is not null or to_status <> from_status then
        perform outreach.record_enrollment_event(
            stop_enrollment.workspace_id, stop_enrollment.enrollment_id,
            'send_cancelled', actor, at,
            to_status => to_status,
            details => jsonb_build_object(
                'job_id', job.job_id, 'reason', stop_enrollment.reason
            )
        );
    end if;

    return job.job_id is not null;
end
$$;
