-- Rows for scripts/bench/sender.py, as functions of its own session. They run with
-- session_replication_role = replica, so the rows of a backlog are made in seconds.

create function pg_temp.bench_workspace(dsn text, accounts integer, jobs integer)
returns bigint
language plpgsql
as $$
declare
    new_workspace_id bigint;
    new_campaign_id bigint;
begin
    insert into outreach.workspaces (name, provider_dsn)
    values ('bench', dsn)
    returning workspace_id into new_workspace_id;

    insert into outreach.linkedin_accounts (
        workspace_id, name, first_name, timezone, status
    )
    select new_workspace_id, 'account ' || number, 'Anisha', 'UTC', 'connected'
    from generate_series(1, accounts) as number;

    insert into outreach.provider_accounts (
        linkedin_identity, provider_account_id, workspace_id, account_id,
        provider_dsn, provider_version
    )
    select
        'ACoAA' || new_workspace_id || '-' || accounts.account_id,
        'bench-' || new_workspace_id || '-' || accounts.account_id,
        new_workspace_id,
        accounts.account_id,
        workspaces.provider_dsn,
        1
    from outreach.linkedin_accounts as accounts
    inner join outreach.workspaces
        on workspaces.workspace_id = new_workspace_id
    where accounts.workspace_id = new_workspace_id;

    insert into outreach.reply_polls (workspace_id, account_id, read_until)
    select workspace_id, account_id, 'infinity'
    from outreach.linkedin_accounts
    where workspace_id = new_workspace_id;

    insert into outreach.linkedin_account_sending_windows (
        workspace_id, account_id, weekday, opens, closes
    )
    select new_workspace_id, account_id, weekday, '00:00', '24:00'
    from outreach.linkedin_accounts
    cross join generate_series(1, 7) as weekday
    where workspace_id = new_workspace_id;

    insert into outreach.linkedin_account_limits (
        workspace_id, account_id, action, per, limit_count
    )
    select new_workspace_id, account_id, 'send_invite', per, limit_count
    from outreach.linkedin_accounts
    cross join (values ('day', 800), ('week', 2000)) as limits (per, limit_count)
    where workspace_id = new_workspace_id;

    insert into outreach.campaigns (workspace_id, name, status)
    values (new_workspace_id, 'bench', 'running')
    returning campaign_id into new_campaign_id;

    insert into outreach.campaign_steps (workspace_id, campaign_id, position, action)
    values
    (new_workspace_id, new_campaign_id, 0, 'send_invite'),
    (new_workspace_id, new_campaign_id, 1, 'wait_accept');

    perform pg_temp.bench_jobs(new_workspace_id, jobs);

    return new_workspace_id;
end
$$;

-- People enrolled with the first accounts (all of them, where it is null) in turn, each
-- with a due invite.
create function pg_temp.bench_jobs(
    workspace bigint,
    jobs integer,
    first_accounts integer default null
)
returns void
language sql
as $$
    with

    accounts as (

        select
            account_id,
            row_number() over (order by account_id) - 1 as place,
            count(*) over () as account_count
        from (
            select linkedin_accounts.account_id
            from outreach.linkedin_accounts
            where linkedin_accounts.workspace_id = workspace
            order by linkedin_accounts.account_id
            limit first_accounts
        ) as chosen

    ),

    people as (

        insert into outreach.prospects (workspace_id, provider_id, first_name)
        select workspace, 'ACoAA' || gen_random_uuid(), 'Ada'
        from generate_series(1, jobs)
        returning prospect_id

    ),

    numbered as (

        select
            prospect_id,
            row_number() over () - 1 as place
        from people

    ),

    enrolled as (

        insert into outreach.campaign_prospects (
            workspace_id, campaign_id, prospect_id, account_id, current_step_id,
            next_action_at
        )
        select
            workspace,
            steps.campaign_id,
            numbered.prospect_id,
            accounts.account_id,
            steps.step_id,
            date_trunc('second', clock_timestamp()) - interval '1 hour'
            + numbered.place * interval '1 millisecond'
        from numbered
        inner join accounts
            on accounts.place = numbered.place % accounts.account_count
        inner join outreach.campaign_steps as steps
            on steps.workspace_id = workspace and steps.action = 'send_invite'
        returning
            enrollment_id, campaign_id, account_id, current_step_id, next_action_at

    )

    insert into outreach.campaign_send_jobs (
        workspace_id, enrollment_id, campaign_id, step_id, account_id, action, run_at
    )
    select
        workspace, enrollment_id, campaign_id, current_step_id, account_id,
        'send_invite', next_action_at
    from enrolled
    order by next_action_at
$$;

create function pg_temp.bench_oldest(workspace bigint, most integer)
returns bigint []
language sql
as $$
    select array_agg(job_id)
    from (
        select job_id
        from outreach.campaign_send_jobs
        where workspace_id = workspace and status = 'queued'
        order by job_id
        limit most
    ) as oldest
$$;

create function pg_temp.bench_move(workspace bigint, ids bigint [], to_status text)
returns bigint []
language plpgsql
as $$
begin
    update outreach.campaign_send_jobs
    set
        status = to_status,
        run_at = case when to_status <> 'completed' then run_at end,
        claimed_by = case when to_status <> 'completed' then 'bench' end,
        lease_expires_at = case
            when to_status <> 'completed' then clock_timestamp()
        end,
        completed_at = case when to_status = 'completed' then clock_timestamp() end
    where
        campaign_send_jobs.workspace_id = workspace
        and job_id = any(ids);

    return ids;
end
$$;
