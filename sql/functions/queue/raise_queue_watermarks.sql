-- Raises the starts of lists to the times of these jobs, which a claim takes next: the
-- first live job of each list, after another check for earlier ones under the list's
-- lock. A list with a concurrent insert is left unchanged, and so is a list whose start
-- is behind by less than a minute. The caller holds the accounts' locks and has found
-- no claimed or sending job.
create or replace function outreach.raise_queue_watermarks(
    workspace_id bigint,
    job_ids bigint [],
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    -- Never in the future, even if as_of is: a lease ends later than now.
    now_at constant timestamptz := least(raise_queue_watermarks.at, clock_timestamp());
    lists outreach.send_queue_watermarks [];
    lagging_account_ids bigint [];
begin
    select
        coalesce(array_agg(row(lagging.*)::outreach.send_queue_watermarks), '{}'),
        array_agg(lagging.account_id)
    into lists, lagging_account_ids
    from (
        select watermarks.*
        from unnest(job_ids) as claimed (job_id)
        cross join lateral (
            select
                claimed_jobs.workspace_id,
                claimed_jobs.account_id,
                claimed_jobs.action,
                claimed_jobs.run_at
            from outreach.campaign_send_jobs as claimed_jobs
            where
                claimed_jobs.workspace_id = raise_queue_watermarks.workspace_id
                and claimed_jobs.job_id = claimed.job_id
            offset 0 -- keeps this an index look-up per job
        ) as jobs
        cross join lateral (
            values (jobs.action, jobs.run_at), ('leased', now_at)
        ) as reached (list, at)
        cross join lateral (
            select starts.*
            from outreach.send_queue_watermarks as starts
            where
                starts.workspace_id = raise_queue_watermarks.workspace_id
                and starts.account_id = jobs.account_id
                and starts.list = reached.list
                and starts.watermark_at < reached.at - interval '1 minute'
            for update skip locked -- waits for nobody, so in any order
        ) as watermarks
    ) as lagging;

    -- A later statement, which sees all jobs that were queued before the lists were
    -- locked.
    update outreach.send_queue_watermarks as watermarks
    set watermark_at = greatest(watermarks.watermark_at, firsts.at)
    from unnest(lists) as lagging
    cross join lateral (
        select
            case
                when lagging.list = 'leased' then now_at
                else (
                    select min(jobs.run_at)
                    from outreach.campaign_send_jobs as jobs
                    where
                        jobs.workspace_id = raise_queue_watermarks.workspace_id
                        and jobs.account_id = lagging.account_id
                        and jobs.action = lagging.list
                        and jobs.status = 'queued'
                        and jobs.run_at >= lagging.watermark_at
                )
            end as at
        offset 0
    ) as firsts
    where
        watermarks.workspace_id = raise_queue_watermarks.workspace_id
        and watermarks.account_id = any(lagging_account_ids)
        and watermarks.account_id = lagging.account_id
        and watermarks.list = lagging.list;
end
$$;
