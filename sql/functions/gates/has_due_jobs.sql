-- Whether a worker has work now: a due job that a claim would take, or an expired
-- lease. A schedule calls this before it starts a run.
create or replace function outreach.has_due_jobs(
    as_of timestamptz default null,
    provider_dsn text default null
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
begin
    return exists (
        select 1
        from outreach.campaign_send_jobs as jobs
        inner join outreach.workspaces
            on jobs.workspace_id = workspaces.workspace_id
        where
            jobs.status in ('claimed', 'sending')
            and jobs.lease_expires_at <= at
            and (
                has_due_jobs.provider_dsn is null
                or workspaces.provider_dsn = has_due_jobs.provider_dsn
            )
    ) or exists (
        select 1
        from outreach.workspaces
        cross join lateral outreach.claimable_jobs(
            workspaces.workspace_id,
            array(
                select accounts.account_id
                from outreach.linkedin_accounts as accounts
                where accounts.workspace_id = workspaces.workspace_id
            ),
            at
        ) as claimable
        where
            has_due_jobs.provider_dsn is null
            or workspaces.provider_dsn = has_due_jobs.provider_dsn
    ) or exists (
        select 1
        from outreach.workspaces
        cross join lateral outreach.claimable_answers(
            workspaces.workspace_id,
            array(
                select watermarks.account_id
                from outreach.send_queue_watermarks as watermarks
                where
                    watermarks.workspace_id = workspaces.workspace_id
                    and watermarks.list = 'answer_reply'
            ),
            at
        ) as answers
        where
            has_due_jobs.provider_dsn is null
            or workspaces.provider_dsn = has_due_jobs.provider_dsn
    );
end
$$;
