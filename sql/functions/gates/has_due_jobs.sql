-- Whether a worker has work now: a due job that a claim would take, or an expired
-- lease. With a provider's address: of the accounts that are called there. A schedule
-- calls this before it starts a run. Most looks find nothing due: only a workspace with
-- a due job is asked what a claim would take of it, so that a look costs an index look-up
-- per list of an account, however long the history is.
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
    asked_workspace_id bigint;
    account_ids bigint [];
    answering_account_ids bigint [];
begin
    for asked_workspace_id in
        select workspaces.workspace_id
        from outreach.workspaces
        where
            has_due_jobs.provider_dsn is null
            or has_due_jobs.provider_dsn
            in (workspaces.provider_dsn, workspaces.v2_provider_dsn)
        order by workspaces.workspace_id
    loop
        if exists (
            select 1
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = asked_workspace_id
                and jobs.status in ('claimed', 'sending')
                and jobs.lease_expires_at <= at
        ) then
            return true;
        end if;

        -- No job of a list is due before the list's watermark.
        continue when not exists (
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
        );

        account_ids := array(
            select accounts.account_id
            from outreach.linkedin_accounts as accounts
            where
                accounts.workspace_id = asked_workspace_id
                and (
                    has_due_jobs.provider_dsn is null
                    or exists (
                        select 1
                        from outreach.provider_accounts as linked
                        where
                            linked.workspace_id = asked_workspace_id
                            and linked.account_id = accounts.account_id
                            and linked.provider_dsn = has_due_jobs.provider_dsn
                    )
                )
        );
        answering_account_ids := array(
            select watermarks.account_id
            from outreach.send_queue_watermarks as watermarks
            where
                watermarks.workspace_id = asked_workspace_id
                and watermarks.list = 'answer_reply'
                and watermarks.account_id = any(account_ids)
        );

        if exists (
            select 1
            from outreach.claimable_jobs(asked_workspace_id, account_ids, at)
        ) or exists (
            select 1
            from outreach.claimable_answers(
                asked_workspace_id, answering_account_ids, at
            )
        ) then
            return true;
        end if;
    end loop;

    return false;
end
$$;
