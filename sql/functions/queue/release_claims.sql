-- Queues again the jobs that a worker has claimed and not begun, for example when it
-- stops, with their times unchanged. Returns their number.
create or replace function outreach.release_claims(
    workspace_id bigint,
    worker text
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
    job outreach.campaign_send_jobs;
    released_count bigint := 0;
begin
    locked_account_ids := array(
        select distinct jobs.account_id
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = release_claims.workspace_id
            and jobs.status = 'claimed'
            and jobs.claimed_by = release_claims.worker
    );

    perform outreach.lock_accounts(release_claims.workspace_id, locked_account_ids);

    for job in
        select jobs.*
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = release_claims.workspace_id
            and jobs.status = 'claimed'
            and jobs.claimed_by = release_claims.worker
        order by jobs.job_id
        for no key update
    loop
        perform outreach.set_job_status(job, 'queued');
        released_count := released_count + 1;
    end loop;

    return released_count;
end
$$;
