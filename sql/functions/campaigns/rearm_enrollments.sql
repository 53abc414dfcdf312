-- Writes the changes of outreach.rearm_campaign(), under its locks. It is set-based,
-- because a broken template parks a whole campaign. The plan is a temporary table with
-- statistics, because without them the planner may choose nested loops over all people.
-- Returns the enrollments.
create or replace function outreach.rearm_enrollments(
    workspace_id bigint,
    enrollment_ids bigint [],
    actor text,
    at timestamptz
)
returns setof bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    drop table if exists pg_temp.rearming;

    create temporary table rearming on commit drop as
    select
        enrollments.enrollment_id,
        enrollments.account_id,
        enrollments.current_step_id as step_id,
        steps.action,
        -- The status from before the parking, or from an accept since then. If the
        -- action does not allow that status, the action decides.
        case
            when steps.action = 'send_invite' then 'ready_to_invite'
            when enrollments.linkedin_accepted_at is not null then 'ready_to_message'
            when
                parkings.from_status = any(outreach.sendable_statuses(steps.action))
                then parkings.from_status
            when steps.action = 'resolve_profile' then 'ready_to_invite'
            else 'ready_to_message'
        end as to_status,
        null::timestamptz as run_at,
        jobs.job_id
    from outreach.campaign_prospects as enrollments
    inner join outreach.campaign_steps as steps
        on
            steps.workspace_id = rearm_enrollments.workspace_id
            and enrollments.current_step_id = steps.step_id
    left join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = rearm_enrollments.workspace_id
            and enrollments.enrollment_id = jobs.enrollment_id
            and outreach.is_live_job(jobs.status)
    left join lateral (
        select events.from_status
        from outreach.campaign_events as events
        where
            events.workspace_id = rearm_enrollments.workspace_id
            and events.enrollment_id = enrollments.enrollment_id
            and events.to_status = 'pending_template_fix'
        order by events.event_id desc
        limit 1
    ) as parkings on true
    where
        enrollments.workspace_id = rearm_enrollments.workspace_id
        and enrollments.enrollment_id = any(rearm_enrollments.enrollment_ids);

    perform outreach.place_rearmed_enrollments(
        rearm_enrollments.workspace_id, rearm_enrollments.at
    );

    analyze pg_temp.rearming;

    update outreach.campaign_send_jobs as jobs
    set
        status = 'queued',
        run_at = rearming.run_at,
        failed_classification = null
    from pg_temp.rearming
    where
        jobs.workspace_id = rearm_enrollments.workspace_id
        and jobs.job_id = rearming.job_id;

    insert into outreach.campaign_send_jobs (
        workspace_id, enrollment_id, campaign_id, step_id, account_id, action, run_at
    )
    select
        enrollments.workspace_id,
        enrollments.enrollment_id,
        enrollments.campaign_id,
        rearming.step_id,
        enrollments.account_id,
        rearming.action,
        rearming.run_at
    from pg_temp.rearming
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = rearm_enrollments.workspace_id
            and rearming.enrollment_id = enrollments.enrollment_id
    where rearming.job_id is null;

    return query
    with

    flips as (

        update outreach.campaign_prospects as enrollments
        set
            linkedin_status = rearming.to_status,
            next_action_at = rearming.run_at,
            failed_classification = null,
            template_error = null
        from pg_temp.rearming
        where
            enrollments.workspace_id = rearm_enrollments.workspace_id
            and enrollments.enrollment_id = rearming.enrollment_id
        returning enrollments.*

    )

    insert into outreach.campaign_events (
        workspace_id, enrollment_id, campaign_id, step_id, prospect_id, account_id,
        event_type, occurred_at, status_seq, from_status, to_status, actor, details
    )
    select
        flips.workspace_id,
        flips.enrollment_id,
        flips.campaign_id,
        flips.current_step_id,
        flips.prospect_id,
        flips.account_id,
        'template_rearmed',
        at,
        flips.status_seq,
        'pending_template_fix',
        flips.linkedin_status,
        rearm_enrollments.actor,
        jsonb_build_object('next_action_at', flips.next_action_at)
    from flips
    returning campaign_events.enrollment_id;
end
$$;
