-- Live jobs without their enrollment, or at another place than it: of another account,
-- campaign or step, doing what the step does not do, or queued in a status in which that
-- may not be done. And the other way round: enrollments that should have a job and have
-- none.
create or replace function outreach.misplaced_jobs()
returns table (workspace_id bigint, subject text, detail text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        jobs.workspace_id,
        'job ' || jobs.job_id,
        case
            when enrollments.enrollment_id is null
                then 'is of enrollment ' || jobs.enrollment_id || ', which is not there'
            when jobs.account_id <> enrollments.account_id
                then
                    'is of account ' || jobs.account_id || ', its enrollment of '
                    || enrollments.account_id
            when
                jobs.campaign_id <> enrollments.campaign_id
                or steps.campaign_id is distinct from jobs.campaign_id
                then 'is of another campaign than its enrollment or its step'
            when jobs.step_id is distinct from enrollments.current_step_id
                then
                    'is of step ' || jobs.step_id || ', its enrollment stands on '
                    || coalesce(enrollments.current_step_id::text, 'none')
            when jobs.action not in ('resolve_profile', steps.action)
                and steps.action <> 'wait_accept'
                then 'does ' || jobs.action || ' on a step that does ' || steps.action
            else
                'is ' || jobs.status || ' to do ' || jobs.action
                || ' while its enrollment is ' || enrollments.linkedin_status
        end
    from outreach.campaign_send_jobs as jobs
    left join outreach.campaign_prospects as enrollments
        on
            jobs.workspace_id = enrollments.workspace_id
            and jobs.enrollment_id = enrollments.enrollment_id
    left join outreach.campaign_steps as steps
        on
            jobs.workspace_id = steps.workspace_id
            and jobs.step_id = steps.step_id
    where
        jobs.status in ('queued', 'claimed', 'sending', 'unknown', 'parked')
        and (
            enrollments.enrollment_id is null
            or jobs.account_id <> enrollments.account_id
            or jobs.campaign_id <> enrollments.campaign_id
            or steps.campaign_id is distinct from jobs.campaign_id
            or jobs.step_id is distinct from enrollments.current_step_id
            or (
                jobs.action not in ('resolve_profile', steps.action)
                and steps.action <> 'wait_accept'
            )
            or (
                jobs.status = 'parked'
                and enrollments.linkedin_status <> 'pending_template_fix'
            )
            or (
                jobs.status = 'queued'
                and enrollments.linkedin_status
                <> all(outreach.sendable_statuses(jobs.action))
            )
        )

    union all

    select
        workspaces.workspace_id,
        'enrollment ' || orphans.enrollment_id,
        'stands ready on step ' || orphans.step_id || ' and has no job'
    from outreach.workspaces
    cross join lateral outreach.orphaned_enrollments(
        workspaces.workspace_id
    ) as orphans
$$;
