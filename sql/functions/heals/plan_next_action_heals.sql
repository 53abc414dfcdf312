-- Reads the plan of outreach.heal_next_actions(), under its account's lock: fills
-- pg_temp.healing with the rows to move and their new times, and locks those rows. The
-- table has statistics, because without them the planner may choose nested loops over
-- all rows.
create or replace function outreach.plan_next_action_heals(
    workspace_id bigint,
    account_id bigint
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    drop table if exists pg_temp.healing;

    create temporary table healing on commit drop as
    select
        stale.enrollment_id,
        stale.kind,
        stale.job_id,
        stale.job_status,
        stale.next_action_at,
        stale.run_at,
        stale.clamped_to as due_at,
        stale.job_id is null
        and stale.linkedin_status in ('ready_to_invite', 'ready_to_message')
            as is_orphan
    from analytics.stale_next_actions as stale
    where
        stale.workspace_id = plan_next_action_heals.workspace_id
        and stale.account_id = plan_next_action_heals.account_id
        and not stale.is_late_again
        -- Without a window there is no possible time; enrollment_blockers shows it.
        and (stale.clamped_to is not null or stale.job_status is distinct from 'queued');

    -- No job if it failed permanently, was recreated before or may have been sent.
    if exists (select 1 from pg_temp.healing where healing.is_orphan) then
        delete from pg_temp.healing
        where
            healing.is_orphan
            and healing.enrollment_id not in (
                select orphans.enrollment_id
                from outreach.orphaned_enrollments(
                    plan_next_action_heals.workspace_id
                ) as orphans
            );
    end if;

    analyze pg_temp.healing;

    perform
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = plan_next_action_heals.workspace_id
        and enrollments.enrollment_id in (
            select healing.enrollment_id from pg_temp.healing
        )
    order by enrollments.enrollment_id
    for no key update;

    perform
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = plan_next_action_heals.workspace_id
        and jobs.job_id in (select healing.job_id from pg_temp.healing)
    order by jobs.job_id
    for no key update;

    -- A session without the account's lock may have changed the rows meanwhile.
    delete from pg_temp.healing
    using outreach.campaign_prospects as enrollments
    left join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = plan_next_action_heals.workspace_id
            and enrollments.enrollment_id = jobs.enrollment_id
            and outreach.is_live_job(jobs.status)
    where
        enrollments.workspace_id = plan_next_action_heals.workspace_id
        and enrollments.enrollment_id = healing.enrollment_id
        and (enrollments.next_action_at, jobs.job_id, jobs.status, jobs.run_at)
        is distinct from (
            healing.next_action_at, healing.job_id, healing.job_status, healing.run_at
        );
end
$$;
