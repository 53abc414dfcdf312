-- Sets an enrollment's next_action_at and its live job's run_at to one time.
-- The job must be queued: a claimed, sending, unknown or parked job keeps its time.
-- Returns the new time.
create or replace function outreach.reschedule_enrollment(
    workspace_id bigint,
    enrollment_id bigint,
    run_at timestamptz,
    actor text,
    reason text,
    as_of timestamptz default null
)
returns timestamptz
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
    enrollment outreach.campaign_prospects;
    job outreach.campaign_send_jobs;
begin
    if reschedule_enrollment.run_at is null then
        raise exception 'enrollment % cannot be rescheduled without a time',
            reschedule_enrollment.enrollment_id
            using
                errcode = 'null_value_not_allowed',
                hint = 'Give the earliest time at which it may be sent.';
    end if;

    locked_account_ids := array(
        select enrollments.account_id
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = reschedule_enrollment.workspace_id
            and enrollments.enrollment_id = reschedule_enrollment.enrollment_id
    );

    perform outreach.lock_accounts(
        reschedule_enrollment.workspace_id, locked_account_ids
    );

    select enrollments.*
    into enrollment
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = reschedule_enrollment.workspace_id
        and enrollments.enrollment_id = reschedule_enrollment.enrollment_id
    for no key update;

    select jobs.*
    into job
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = reschedule_enrollment.workspace_id
        and jobs.enrollment_id = reschedule_enrollment.enrollment_id
        and outreach.is_live_job(jobs.status)
    for no key update;

    if job.job_id is null then
        raise exception 'enrollment % of workspace % has no job that could be rescheduled',
            reschedule_enrollment.enrollment_id, reschedule_enrollment.workspace_id
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Only an enrollment with a queued job has a next action.';
    end if;

    if job.status <> 'queued' then
        raise exception 'job % of enrollment % is %, only a queued job can be rescheduled',
            job.job_id, reschedule_enrollment.enrollment_id, job.status
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Wait until the send ends, or resolve it.';
    end if;

    update outreach.campaign_send_jobs as jobs
    set run_at = reschedule_enrollment.run_at
    where
        jobs.workspace_id = job.workspace_id
        and jobs.job_id = job.job_id;

    update outreach.campaign_prospects as enrollments
    set next_action_at = reschedule_enrollment.run_at
    where
        enrollments.workspace_id = job.workspace_id
        and enrollments.enrollment_id = job.enrollment_id;

    perform outreach.record_enrollment_event(
        job.workspace_id, job.enrollment_id, 'rescheduled',
        reschedule_enrollment.actor,
        coalesce(reschedule_enrollment.as_of, clock_timestamp()),
        details => jsonb_build_object(
            'job_id', job.job_id,
            'from', enrollment.next_action_at,
            'to', reschedule_enrollment.run_at,
            'reason', reschedule_enrollment.reason
        )
    );

    return reschedule_enrollment.run_at;
end
$$;
