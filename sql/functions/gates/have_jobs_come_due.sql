-- Whether the time of a queued job lies after `since` and is reached, whatever limits
-- and windows say of it. A sender that waits calls this each second: one index look-up
-- for each account and list.
-- share: as in outreach.workspaces_at_provider().
create or replace function outreach.have_jobs_come_due(
    provider_dsn text,
    since timestamptz,
    as_of timestamptz default null,
    share int8multirange default null
)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
-- Forces one index look-up per row, which is fast whatever the statistics.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set enable_bitmapscan = off
set jit = off
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    asked_workspace_id bigint;
begin
    for asked_workspace_id in
        select asked.id
        from outreach.workspaces_at_provider(
            have_jobs_come_due.provider_dsn, have_jobs_come_due.share
        ) as asked (id)
    loop
        if exists (
            select 1
            from outreach.send_queue_watermarks as watermarks
            inner join outreach.campaign_send_jobs as jobs
                on
                    jobs.workspace_id = asked_workspace_id
                    and watermarks.account_id = jobs.account_id
                    and watermarks.list = jobs.action
                    and jobs.status = 'queued'
                    and jobs.run_at > have_jobs_come_due.since
                    and jobs.run_at >= watermarks.watermark_at
                    and jobs.run_at <= at
            where watermarks.workspace_id = asked_workspace_id
        ) then
            return true;
        end if;
    end loop;

    return false;
end
$$;
