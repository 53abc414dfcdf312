-- Queues a job again with its time unchanged.
create or replace function outreach.requeue_job(
    job outreach.campaign_send_jobs,
    is_retry boolean default false
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform outreach.set_job_status(job, 'queued');

    if is_retry then
        update outreach.campaign_send_jobs as jobs
        set retry_count = job.retry_count + 1
        where
            jobs.workspace_id = job.workspace_id
            and jobs.job_id = job.job_id;
    end if;
end
$$;
