-- The live jobs of a workspace that may have been done since a backup: queued ones,
-- whenever they are due, and parked ones, whose template may have been mended meanwhile.
-- A wait and a withdrawal contact no person.
create or replace function outreach.sends_to_ask_after_restore(workspace_id bigint)
returns table (
    job_id bigint,
    account_id bigint,
    status text,
    social_id text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        jobs.job_id,
        jobs.account_id,
        jobs.status,
        case
            when steps.action = 'comment'
                then outreach.step_social_id(
                    row(steps.*)::outreach.campaign_steps,
                    row(prospects.*)::outreach.prospects
                )
        end
    from outreach.campaign_send_jobs as jobs
    left join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = sends_to_ask_after_restore.workspace_id
            and jobs.enrollment_id = enrollments.enrollment_id
    left join outreach.prospects
        on
            prospects.workspace_id = sends_to_ask_after_restore.workspace_id
            and enrollments.prospect_id = prospects.prospect_id
    left join outreach.campaign_steps as steps
        on
            steps.workspace_id = sends_to_ask_after_restore.workspace_id
            and jobs.step_id = steps.step_id
    where
        jobs.workspace_id = sends_to_ask_after_restore.workspace_id
        and jobs.status in ('queued', 'parked')
        and jobs.action not in ('end_wait', 'withdraw_invite')
    order by jobs.job_id;
end
$$;
