-- Returns the live jobs of a workspace that no claim sees, because they are due before
-- the start of their list in outreach.send_queue_watermarks, or because it has no start:
-- a job that was queued during the deploy of that trigger, or written without it.
-- list, stands_at: the list and the time that its start must cover.
create or replace function outreach.jobs_below_watermark(workspace_id bigint)
returns table (
    account_id bigint,
    enrollment_id bigint,
    job_id bigint,
    list text,
    stands_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        jobs.account_id,
        jobs.enrollment_id,
        jobs.job_id,
        places.list,
        places.stands_at
    from outreach.campaign_send_jobs as jobs
    cross join lateral (
        select
            case when jobs.status = 'queued' then jobs.action else 'leased' end as list,
            coalesce(jobs.lease_expires_at, jobs.run_at) as stands_at
    ) as places
    left join outreach.send_queue_watermarks as watermarks
        on
            watermarks.workspace_id = jobs_below_watermark.workspace_id
            and jobs.account_id = watermarks.account_id
            and places.list = watermarks.list
    where
        jobs.workspace_id = jobs_below_watermark.workspace_id
        and jobs.status in ('queued', 'claimed', 'sending')
        -- A list of leases without a start is read from its front.
        and coalesce(
            watermarks.watermark_at > places.stands_at, places.list <> 'leased'
        );
end
$$;
