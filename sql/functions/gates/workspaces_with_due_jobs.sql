-- The workspaces that a sender works for now, by their ids: those with a queued job whose
-- time is reached, whatever limits and windows say of it, or with an expired lease. It
-- costs an index look-up per list of an account, however long the history is.
-- provider_dsn, share: as in outreach.workspaces_at_provider().
create or replace function outreach.workspaces_with_due_jobs(
    provider_dsn text,
    share int8multirange default null,
    as_of timestamptz default null
)
returns table (workspace_id bigint, has_expired_leases boolean)
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
            workspaces_with_due_jobs.provider_dsn, workspaces_with_due_jobs.share
        ) as asked (id)
    loop
        workspace_id := asked_workspace_id;
        has_expired_leases := exists (
            select 1
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = asked_workspace_id
                and jobs.status in ('claimed', 'sending')
                and jobs.lease_expires_at <= at
        );

        -- No job of a list is due before the list's watermark.
        if has_expired_leases or exists (
            select 1
            from outreach.send_queue_watermarks as watermarks
            where
                watermarks.workspace_id = asked_workspace_id
                and exists (
                    select 1
                    from outreach.campaign_send_jobs as jobs
                    where
                        jobs.workspace_id = asked_workspace_id
                        and jobs.account_id = watermarks.account_id
                        and jobs.action = watermarks.list
                        and jobs.status = 'queued'
                        and jobs.run_at between watermarks.watermark_at and at
                    offset 0 -- keeps this an index look-up per list
                )
        ) then
            return next;
        end if;
    end loop;
end
$$;
