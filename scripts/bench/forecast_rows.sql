-- Rows for scripts/bench/forecast.py, as a function of its own session. It runs with
-- session_replication_role = replica, so that many people are enrolled in seconds.

-- A workspace with so many accounts, and so many people of each: a third are looked up
-- and invited, a third are invited, and a third get messages. Half of them are due.
create function pg_temp.forecast_workspace(accounts integer, people integer, at timestamptz)
returns bigint
language plpgsql
as $$
declare
    new_workspace_id bigint;
begin
    insert into outreach.workspaces (name, provider_dsn)
    values ('forecast', 'http://bench.test:1')
    returning workspace_id into new_workspace_id;

    insert into outreach.linkedin_accounts (
        workspace_id, name, first_name, timezone, status
    )
    select
        new_workspace_id,
        'account ' || number,
        'Anisha',
        (
            array['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata']
        )[number % 4 + 1],
        'connected'
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
    from outreach.linkedin_accounts;

    insert into outreach.linkedin_account_sending_windows (
        workspace_id, account_id, weekday, opens, closes
    )
    select new_workspace_id, account_id, weekday, '09:00', '17:00'
    from outreach.linkedin_accounts
    cross join generate_series(1, 5) as weekday
    where workspace_id = new_workspace_id;

    insert into outreach.linkedin_account_limits (
        workspace_id, account_id, action, per, limit_count, minimum_gap
    )
    select new_workspace_id, account_id, action, per, limit_count, minimum_gap::interval
    from outreach.linkedin_accounts
    cross join (
        values
        ('send_invite', 'day', 25, '5 minutes'),
        ('send_invite', 'week', 100, '0'),
        ('send_message', 'day', 40, '3 minutes'),
        ('resolve_profile', 'day', 60, '1 minute')
    ) as limits (action, per, limit_count, minimum_gap)
    where workspace_id = new_workspace_id;

    insert into outreach.campaigns (workspace_id, name, status)
    values
    (new_workspace_id, 'invites', 'running'),
    (new_workspace_id, 'messages', 'running');

    insert into outreach.campaign_steps (
        workspace_id, campaign_id, position, action, delay, settings
    )
    select
        new_workspace_id, campaigns.campaign_id, steps.position, steps.action,
        steps.delay::interval, steps.settings::jsonb
    from outreach.campaigns
    inner join (
        values
        ('invites', 0, 'send_invite', '0', '{}'),
        ('invites', 1, 'wait_accept', '0', '{"time_out": "14 days"}'),
        ('messages', 0, 'send_message', '0', '{}'),
        ('messages', 1, 'send_message', '3 days', '{}'),
        ('messages', 2, 'send_message', '5 days', '{}')
    ) as steps (campaign, position, action, delay, settings)
        on campaigns.name = steps.campaign
    where campaigns.workspace_id = new_workspace_id;

    with

    numbered as (

        select
            accounts.account_id,
            number,
            'forecast-' || new_workspace_id || '-' || accounts.account_id || '-' || number
                as public_identifier,
            steps.campaign_id,
            steps.step_id,
            steps.action,
            number % 3 = 0 as is_unknown,
            at + case when number % 2 = 0 then -1 else 1 end
            * number * interval '5 minutes' as run_at
        from outreach.linkedin_accounts as accounts
        cross join generate_series(1, people) as number
        inner join outreach.campaign_steps as steps
            on
                steps.workspace_id = new_workspace_id
                and steps.position = 0
                and steps.action = case
                    when number % 3 = 2 then 'send_message' else 'send_invite'
                end
        where accounts.workspace_id = new_workspace_id

    ),

    added as (

        insert into outreach.prospects (
            workspace_id, provider_id, public_identifier, first_name
        )
        select
            new_workspace_id,
            case when not is_unknown then 'ACoAA' || public_identifier end,
            public_identifier,
            'Ada'
        from numbered
        returning prospect_id, public_identifier

    ),

    enrolled as (

        insert into outreach.campaign_prospects (
            workspace_id, campaign_id, prospect_id, account_id, current_step_id,
            linkedin_status, linkedin_accepted_at, next_action_at
        )
        select
            new_workspace_id, numbered.campaign_id, added.prospect_id,
            numbered.account_id, numbered.step_id,
            case
                when numbered.action = 'send_message' then 'ready_to_message'
                else 'ready_to_invite'
            end,
            case
                when numbered.action = 'send_message' then at - interval '1 day'
            end,
            numbered.run_at
        from numbered
        inner join added using (public_identifier)
        returning
            enrollment_id, prospect_id, campaign_id, account_id, current_step_id,
            next_action_at

    )

    insert into outreach.campaign_send_jobs (
        workspace_id, enrollment_id, campaign_id, step_id, account_id, action, run_at
    )
    select
        new_workspace_id, enrolled.enrollment_id, enrolled.campaign_id,
        enrolled.current_step_id, enrolled.account_id,
        case when numbered.is_unknown then 'resolve_profile' else numbered.action end,
        enrolled.next_action_at
    from enrolled
    inner join added using (prospect_id)
    inner join numbered using (public_identifier)
    order by enrolled.next_action_at;

    return new_workspace_id;
end
$$;
