-- Jobs that contradict their enrollments, or that no process will continue.
-- stuck: a lease that ended long ago, an answer that never took effect, a live job that
-- no claim sees. misplaced: a live job without its enrollment, at another place than
-- it, or queued in a status in which it may not be done; and an enrollment that should
-- have a job and has none.
create or replace function outreach.queue_violations(as_of timestamptz)
returns table (kind text, workspace_id bigint, subject text, detail text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    one record;
begin
    return query
    select
        'stuck',
        jobs.workspace_id,
        'job ' || jobs.job_id,
        'is ' || jobs.status || ' by ' || jobs.claimed_by
        || ' under a lease that ended at ' || jobs.lease_expires_at
    from outreach.campaign_send_jobs as jobs
    where
        jobs.status in ('claimed', 'sending')
        and jobs.lease_expires_at < as_of - interval '5 minutes'

    union all

    select
        'misplaced',
        faults.workspace_id,
        'job ' || faults.job_id,
        faults.detail
    from (
        select
            jobs.workspace_id,
            jobs.job_id,
            case
                when jobs.answer_id is not null
                    then
                        case
                            when answers.account_id <> jobs.account_id
                                then
                                    'is of account ' || jobs.account_id
                                    || ', its answer of ' || answers.account_id
                            when jobs.status = 'parked' then 'is parked, and is an answer'
                        end
                when enrollments.enrollment_id is null
                    then
                        'is of enrollment ' || jobs.enrollment_id
                        || ', which is not there'
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
                when
                    jobs.action not in ('resolve_profile', steps.action)
                    and steps.action <> 'wait_accept'
                    then
                        'does ' || jobs.action || ' on a step that does '
                        || steps.action
                when
                    (
                        jobs.status = 'parked'
                        and enrollments.linkedin_status <> 'pending_template_fix'
                    )
                    or (
                        jobs.status = 'queued'
                        and enrollments.linkedin_status
                        <> all(outreach.sendable_statuses(jobs.action))
                    )
                    then
                        'is ' || jobs.status || ' to do ' || jobs.action
                        || ' while its enrollment is ' || enrollments.linkedin_status
            end as detail
        from outreach.campaign_send_jobs as jobs
        left join outreach.campaign_prospects as enrollments
            on
                jobs.workspace_id = enrollments.workspace_id
                and jobs.enrollment_id = enrollments.enrollment_id
        left join outreach.campaign_steps as steps
            on
                jobs.workspace_id = steps.workspace_id
                and jobs.step_id = steps.step_id
        left join outreach.reply_answers as answers
            on
                jobs.workspace_id = answers.workspace_id
                and jobs.answer_id = answers.answer_id
        where outreach.is_live_job(jobs.status)
    ) as faults
    where faults.detail is not null;

    for one in
        select workspaces.workspace_id
        from outreach.workspaces
        order by workspaces.workspace_id
    loop
        return query
        select
            'stuck',
            one.workspace_id,
            'job ' || unsettled.job_id,
            'is unknown, though an answer says ' || unsettled.outcome
        from outreach.unsettled_answers(one.workspace_id) as unsettled

        union all

        select
            'stuck',
            one.workspace_id,
            'job ' || hidden.job_id,
            'stands at ' || hidden.stands_at || ' before the start of its list '
            || hidden.list || ' in outreach.send_queue_watermarks'
        from outreach.jobs_below_watermark(one.workspace_id) as hidden

        union all

        select
            'misplaced',
            one.workspace_id,
            'enrollment ' || orphans.enrollment_id,
            'is ready at step ' || orphans.step_id || ' and has no job'
        from outreach.orphaned_enrollments(one.workspace_id) as orphans;
    end loop;
end
$$;
