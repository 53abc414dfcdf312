-- Writes the changes of outreach.heal_next_actions(), under its locks: moves the rows
-- of pg_temp.healing set by set, and appends one event each. A job in progress or
-- parked keeps its time, and its enrollment gets that time. Returns the changes.
create or replace function outreach.move_next_actions(
    workspace_id bigint,
    actor text,
    at timestamptz
)
returns table (
    enrollment_id bigint,
    kind text,
    was_due_at timestamptz,
    job_was_at timestamptz,
    due_at timestamptz
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    update outreach.campaign_send_jobs as jobs
    set run_at = healing.due_at
    from pg_temp.healing
    where
        jobs.workspace_id = move_next_actions.workspace_id
        and jobs.job_id = healing.job_id
        and healing.job_status = 'queued';

    update outreach.campaign_prospects as enrollments
    set next_action_at = healing.due_at
    from pg_temp.healing
    where
        enrollments.workspace_id = move_next_actions.workspace_id
        and enrollments.enrollment_id = healing.enrollment_id;

    perform outreach.queue_send_job(
        move_next_actions.workspace_id, healing.enrollment_id, healing.due_at
    )
    from pg_temp.healing
    where healing.is_orphan;

    insert into outreach.campaign_events (
        workspace_id, enrollment_id, campaign_id, step_id, prospect_id, account_id,
        event_type, occurred_at, actor, details
    )
    select
        enrollments.workspace_id,
        enrollments.enrollment_id,
        enrollments.campaign_id,
        enrollments.current_step_id,
        enrollments.prospect_id,
        enrollments.account_id,
        'rescheduled',
        move_next_actions.at,
        move_next_actions.actor,
        jsonb_build_object(
            'reason', case when healing.is_orphan then 'orphan' else healing.kind end,
            'job_id', jobs.job_id,
            'from', healing.next_action_at,
            'job_was_at', healing.run_at,
            'to', healing.due_at
        )
    from pg_temp.healing
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = move_next_actions.workspace_id
            and healing.enrollment_id = enrollments.enrollment_id
    left join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = move_next_actions.workspace_id
            and enrollments.enrollment_id = jobs.enrollment_id
            and outreach.is_live_job(jobs.status);

    return query
    select
        healing.enrollment_id,
        healing.kind,
        healing.next_action_at,
        healing.run_at,
        healing.due_at
    from pg_temp.healing
    order by healing.enrollment_id;
end
$$;
