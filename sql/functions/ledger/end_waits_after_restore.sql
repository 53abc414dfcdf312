-- Ends the waits of a workspace that are over, as a sender does: what follows a wait may
-- have been done since a backup. Returns how many.
create or replace function outreach.end_waits_after_restore(
    workspace_id bigint,
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
    ended_count bigint := 0;
begin
    locked_account_ids := array(
        select distinct jobs.account_id
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = end_waits_after_restore.workspace_id
            and jobs.status = 'queued'
            and jobs.action = 'end_wait'
            and jobs.run_at <= end_waits_after_restore.at
    );

    perform outreach.lock_accounts(
        end_waits_after_restore.workspace_id, locked_account_ids
    );

    for job in
        select jobs.*
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = end_waits_after_restore.workspace_id
            and jobs.status = 'queued'
            and jobs.action = 'end_wait'
            and jobs.run_at <= end_waits_after_restore.at
        order by jobs.job_id
    loop
        perform outreach.end_wait(job, actor, at);
        ended_count := ended_count + 1;
    end loop;

    return ended_count;
end
$$;
