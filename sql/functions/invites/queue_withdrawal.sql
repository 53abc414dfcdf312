-- Queues the withdrawal of an enrollment's pending invite at its current step: cancels
-- the job that waits, or moves the withdrawal that is queued. A sequence that has failed
-- keeps its classification, so that an accept does not continue it. The caller holds the
-- account's lock and has seen that the invite is pending and no call is under way.
create or replace function outreach.queue_withdrawal(
    workspace_id bigint,
    enrollment_id bigint,
    run_at timestamptz,
    actor text,
    reason text,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    enrollment outreach.campaign_prospects;
    why_failed text;
    moved_job_id bigint;
begin
    select enrollments.failed_classification
    into why_failed
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = queue_withdrawal.workspace_id
        and enrollments.enrollment_id = queue_withdrawal.enrollment_id
        and enrollments.linkedin_status = 'failed'
    for no key update;

    perform outreach.stop_enrollments(
        queue_withdrawal.workspace_id, array[queue_withdrawal.enrollment_id],
        'invite_withdrawal', actor, at
    );

    update outreach.campaign_prospects as enrollments
    set
        next_action_at = queue_withdrawal.run_at,
        failed_classification = why_failed
    where
        enrollments.workspace_id = queue_withdrawal.workspace_id
        and enrollments.enrollment_id = queue_withdrawal.enrollment_id
    returning enrollments.* into enrollment;

    update outreach.campaign_send_jobs as jobs
    set run_at = queue_withdrawal.run_at
    where
        jobs.workspace_id = queue_withdrawal.workspace_id
        and jobs.enrollment_id = queue_withdrawal.enrollment_id
        and jobs.status = 'queued'
        and jobs.action = 'withdraw_invite'
    returning jobs.job_id into moved_job_id;

    if moved_job_id is null then
        insert into outreach.campaign_send_jobs (
            workspace_id, enrollment_id, campaign_id, step_id, account_id, action,
            run_at
        )
        values (
            enrollment.workspace_id, enrollment.enrollment_id, enrollment.campaign_id,
            enrollment.current_step_id, enrollment.account_id, 'withdraw_invite',
            queue_withdrawal.run_at
        )
        returning campaign_send_jobs.job_id into moved_job_id;
    end if;

    perform outreach.record_enrollment_event(
        enrollment.workspace_id, enrollment.enrollment_id, 'rescheduled',
        queue_withdrawal.actor, queue_withdrawal.at,
        details => jsonb_build_object(
            'job_id', moved_job_id,
            'action', 'withdraw_invite',
            'to', queue_withdrawal.run_at,
            'reason', queue_withdrawal.reason
        )
    );
end
$$;
