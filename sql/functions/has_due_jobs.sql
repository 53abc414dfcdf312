-- Whether any worker would find something to do now: a due job that nothing holds
-- back, or a lease that ended. What a schedule asks before it starts a run.
create or replace function outreach.has_due_jobs(
    as_of timestamptz default null,
    provider_dsn text default null
)
returns boolean
language plpgsql
stable
set search_path = ''
set jit = off
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    account record;
begin
    if exists (
        select
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
    ) then
        return true;
    end if;

    for account in
        select
            accounts.workspace_id,
            accounts.account_id
        from outreach.linkedin_accounts as accounts
        inner join outreach.workspaces
            on accounts.workspace_id = workspaces.workspace_id
        where
            accounts.status = 'connected'
            and accounts.paused_at is null
            and (
                has_due_jobs.provider_dsn is null
                or workspaces.provider_dsn = has_due_jobs.provider_dsn
            )
    loop
        if outreach.claimable_job(
            account.workspace_id, account.account_id, at
        ) is not null then
            return true;
        end if;
    end loop;

    return false;
end
$$;
