-- Enrollments of a workspace's running campaigns that should have a job and have none:
-- they are at a step that sends, or at a wait that times out, without a live job, and
-- this step has never ended. A job that failed, completed or was cancelled by a rule
-- has ended the step; an attempt that is not known unsent may have reached the person;
-- a job that was recreated once is not recreated again, so that no loop can form
-- (LL#277).
-- next_action_at: the enrollment's own, or else its value at the start of this step.
create or replace function outreach.orphaned_enrollments(workspace_id bigint)
returns table (
    enrollment_id bigint,
    account_id bigint,
    step_id bigint,
    next_action_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    -- Most people are through or have a job. What became of a step is looked up for the
    -- others only.
    jobless as materialized (

        select
            enrollments.enrollment_id,
            enrollments.account_id,
            enrollments.next_action_at,
            steps.step_id,
            steps.action
        from outreach.campaign_prospects as enrollments
        inner join outreach.campaigns
            on
                campaigns.workspace_id = orphaned_enrollments.workspace_id
                and enrollments.campaign_id = campaigns.campaign_id
                and campaigns.status = 'running'
        inner join outreach.campaign_steps as steps
            on
                steps.workspace_id = orphaned_enrollments.workspace_id
                and enrollments.current_step_id = steps.step_id
                and steps.removed_at is null
        inner join outreach.prospects
            on
                prospects.workspace_id = orphaned_enrollments.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        where
            enrollments.workspace_id = orphaned_enrollments.workspace_id
            -- Of the partial index, whatever the steps are.
            and enrollments.linkedin_status in (
                'ready_to_invite', 'pending_accept', 'ready_to_message'
            )
            and outreach.step_action(
                row(steps.*)::outreach.campaign_steps, prospects.provider_id is not null
            ) is not null
            and (
                prospects.do_not_contact_at is null
                -- The end of a wait contacts no person.
                or steps.action = 'wait_accept'
            )
            and (
                enrollments.linkedin_status in ('ready_to_invite', 'ready_to_message')
                or steps.action in ('wait_accept', 'send_inmail', 'comment')
            )
            -- Without a window there is no possible time; enrollment_blockers shows it.
            and exists (
                select 1
                from outreach.linkedin_account_sending_windows as windows
                where
                    windows.workspace_id = orphaned_enrollments.workspace_id
                    and windows.account_id = enrollments.account_id
            )
            and not exists (
                select 1
                from outreach.campaign_send_jobs as jobs
                where
                    jobs.workspace_id = orphaned_enrollments.workspace_id
                    and jobs.enrollment_id = enrollments.enrollment_id
                    and outreach.is_live_job(jobs.status)
            )

    )

    select
        jobless.enrollment_id,
        jobless.account_id,
        jobless.step_id,
        coalesce(
            jobless.next_action_at,
            (
                select max((events.details ->> 'next_action_at')::timestamptz)
                from outreach.campaign_events as events
                where
                    events.workspace_id = orphaned_enrollments.workspace_id
                    and events.enrollment_id = jobless.enrollment_id
                    and events.step_id = jobless.step_id
                    and events.event_type = 'advanced'
            )
        ) as next_action_at
    from jobless
    where
        not exists (
            select 1
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = orphaned_enrollments.workspace_id
                and jobs.enrollment_id = jobless.enrollment_id
                and jobs.step_id = jobless.step_id
                and jobs.action in (jobless.action, 'end_wait', 'withdraw_invite')
                and (
                    jobs.status in ('completed', 'failed')
                    or jobs.failed_classification is not null
                )
        )
        and not exists (
            select 1
            from outreach.campaign_events as events
            where
                events.workspace_id = orphaned_enrollments.workspace_id
                and events.enrollment_id = jobless.enrollment_id
                and events.step_id = jobless.step_id
                and events.event_type = 'rescheduled'
                and events.details ->> 'reason' = 'orphan'
        )
        and not exists (
            select 1
            from outreach.send_attempts as attempts
            where
                attempts.workspace_id = orphaned_enrollments.workspace_id
                and attempts.enrollment_id = jobless.enrollment_id
                and attempts.step_id = jobless.step_id
                and attempts.action in (jobless.action, 'withdraw_invite')
                and outreach.state_of_means(
                    array(
                        select outcomes.means
                        from outreach.send_attempt_outcomes as outcomes
                        where
                            outcomes.workspace_id = orphaned_enrollments.workspace_id
                            and outcomes.attempt_id = attempts.attempt_id
                    )
                ) <> 'unsent'
        );
end
$$;
