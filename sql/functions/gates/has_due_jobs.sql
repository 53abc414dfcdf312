-- Whether a worker has work now: a due job that a claim would take, or an expired
-- lease. With a provider's address: of the accounts that are called there. A schedule
-- calls this before it starts a run. Most looks find nothing due: only a workspace with
-- a due job is asked what a claim would take of it.
-- share: as in outreach.workspaces_at_provider().
create or replace function outreach.has_due_jobs(
    as_of timestamptz default null,
    provider_dsn text default null,
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
    has_expired_leases boolean;
    account_ids bigint [];
    answering_account_ids bigint [];
begin
    for asked_workspace_id, has_expired_leases in
        select
            due.workspace_id,
            due.has_expired_leases
        from outreach.workspaces_with_due_jobs(
            has_due_jobs.provider_dsn, has_due_jobs.share, at
        ) as due
    loop
        if has_expired_leases then
            return true;
        end if;

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
