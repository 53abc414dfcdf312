-- Records that an invite was accepted: the enrollment is connected, its wait ends, and
-- the sequence continues. A job that waits is cancelled, and so is a withdrawal at any
-- step. A job whose call is under way continues once the call is settled. An enrollment
-- that has replied, failed or is completed keeps its status and stores the accept.
-- accepted_at: when the person accepted, as far as it is known. at: now. Returns the
-- present step, or null, without a change, if the accept was known already.
create or replace function outreach.accept_enrollment(
    workspace_id bigint,
    enrollment_id bigint,
    accepted_at timestamptz,
    actor text,
    details jsonb default '{}',
    at timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
    moment timestamptz;
    enrollment outreach.campaign_prospects;
    step_action text;
    job outreach.campaign_send_jobs;
    is_live boolean;
begin
    locked_account_ids := array(
        select enrollments.account_id
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = accept_enrollment.workspace_id
            and enrollments.enrollment_id = accept_enrollment.enrollment_id
    );

    perform outreach.lock_accounts(accept_enrollment.workspace_id, locked_account_ids);

    moment := coalesce(accept_enrollment.at, clock_timestamp());

    select enrollments.*
    into enrollment
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = accept_enrollment.workspace_id
        and enrollments.enrollment_id = accept_enrollment.enrollment_id
    for no key update;

    if not found then
        raise exception 'workspace % has no enrollment %',
            accept_enrollment.workspace_id, accept_enrollment.enrollment_id
            using
                errcode = 'no_data_found',
                hint = 'Search for it in outreach.campaign_prospects.';
    end if;

    if enrollment.linkedin_accepted_at is not null then
        return null;
    end if;

    select steps.action
    into step_action
    from outreach.campaign_steps as steps
    where
        steps.workspace_id = enrollment.workspace_id
        and steps.step_id = enrollment.current_step_id;

    select jobs.*
    into job
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = enrollment.workspace_id
        and jobs.enrollment_id = enrollment.enrollment_id
        and outreach.is_live_job(jobs.status)
    for no key update;

    -- An unanswered invite makes it pending first, then connected.
    is_live := enrollment.linkedin_status in (
        'ready_to_invite', 'pending_accept', 'ready_to_message'
    )
    and not coalesce(
        job.status in ('sending', 'unknown') and job.action = 'send_invite', false
    );

    update outreach.campaign_prospects as enrollments
    set linkedin_accepted_at = accept_enrollment.accepted_at
    where
        enrollments.workspace_id = enrollment.workspace_id
        and enrollments.enrollment_id = enrollment.enrollment_id;

    perform outreach.record_enrollment_event(
        enrollment.workspace_id, enrollment.enrollment_id, 'invite_accepted',
        actor, accept_enrollment.accepted_at,
        to_status => case when is_live then 'ready_to_message' end,
        details => accept_enrollment.details
    );

    -- It had failed before its invite was to be withdrawn, and goes on no more.
    if is_live and enrollment.failed_classification is not null then
        perform outreach.end_failed_enrollment(enrollment, job, actor, moment);
        return enrollment.current_step_id;
    end if;

    -- After the wait the sequence continues by itself.
    if not is_live
        or coalesce(job.status in ('sending', 'unknown', 'parked'), false)
        or not (
            step_action in ('resolve_profile', 'send_invite', 'wait_accept')
            or job.job_id is null
            or job.action = 'withdraw_invite'
        )
    then
        return enrollment.current_step_id;
    end if;

    -- Without any window this is an error with a hint, as everywhere but where an
    -- answer would be lost for it: an accept is told again.
    perform outreach.clamp_to_sending_window(
        enrollment.workspace_id, enrollment.account_id, moment
    );

    if job.job_id is not null then
        perform outreach.set_job_status(job, 'cancelled', 'accepted');
    end if;

    if step_action = 'send_message' then
        perform outreach.queue_send_job(
            enrollment.workspace_id, enrollment.enrollment_id,
            outreach.jittered_moment(
                enrollment.workspace_id, enrollment.account_id,
                enrollment.enrollment_id, moment
            )
        );
        return enrollment.current_step_id;
    end if;

    perform outreach.advance_enrollments(
        enrollment.workspace_id, array[enrollment.enrollment_id], actor, moment,
        is_connected => true
    );

    return (
        select enrollments.current_step_id
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = enrollment.workspace_id
            and enrollments.enrollment_id = enrollment.enrollment_id
    );
end
$$;
