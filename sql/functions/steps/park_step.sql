-- Parks all enrollments that wait for a step's send, with one error, without a call or
-- a spent limit. Sends in progress are not changed. Returns the number of parked
-- enrollments.
create or replace function outreach.park_step(
    workspace_id bigint,
    step_id bigint,
    template_error jsonb,
    actor text,
    at timestamptz
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
    job outreach.campaign_send_jobs;
    parked_count bigint := 0;
begin
    locked_account_ids := array(
        select distinct jobs.account_id
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = park_step.workspace_id
            and jobs.step_id = park_step.step_id
            and jobs.status in ('queued', 'claimed')
    );

    perform outreach.lock_accounts(park_step.workspace_id, locked_account_ids);

    for job in
        select jobs.*
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = park_step.workspace_id
            and jobs.step_id = park_step.step_id
            and jobs.status in ('queued', 'claimed')
        order by jobs.enrollment_id
    loop
        perform outreach.park_job(job, park_step.template_error, actor, at);
        parked_count := parked_count + 1;
    end loop;

    return parked_count;
end
$$;
