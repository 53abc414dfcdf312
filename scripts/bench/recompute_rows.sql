-- Rows for scripts/bench/recompute.py, as functions of its own session. They run with
-- session_replication_role = replica, in the order in which they would have happened.

-- Accounts in workspaces of 50, in six time zones, with two limited actions each.
create function pg_temp.bench_accounts(accounts integer)
returns void
language sql
as $$
    insert into outreach.workspaces (workspace_id, name, provider_dsn)
    overriding system value
    select number, 'bench ' || number, 'http://bench.test:1'
    from generate_series(1, (accounts + 49) / 50) as number;

    insert into outreach.linkedin_accounts (
        workspace_id, account_id, name, first_name, timezone, status
    )
    overriding system value
    select
        1 + (number - 1) / 50, number, 'account ' || number, 'Anisha',
        (
            array[
                'UTC', 'America/Los_Angeles', 'America/New_York', 'Europe/Berlin',
                'Asia/Kolkata', 'Australia/Sydney'
            ]
        )[1 + number % 6],
        'connected'
    from generate_series(1, accounts) as number;

    insert into outreach.linkedin_account_limits (
        workspace_id, account_id, action, per, limit_count
    )
    select accounts.workspace_id, accounts.account_id, action, 'day', 80
    from outreach.linkedin_accounts as accounts
    cross join unnest(array['send_invite', 'send_message']) as action
$$;

-- Sends number first to last, the accounts in turn, per_day of them a day: one in fifty
-- was refused.
create function pg_temp.bench_sends(
    first bigint, last bigint, per_day numeric, starts_at timestamptz
)
returns table (
    number bigint,
    workspace_id bigint,
    account_id bigint,
    timezone text,
    action text,
    is_refused boolean,
    begun_at timestamptz,
    counted_on date
)
language sql
stable
as $$
    select
        numbers.number,
        accounts.workspace_id,
        accounts.account_id,
        accounts.timezone,
        case (numbers.number / counted.account_count) % 2
            when 0 then 'send_invite' else 'send_message'
        end,
        numbers.number % 50 = 7,
        moments.begun_at,
        (moments.begun_at at time zone accounts.timezone)::date
    from generate_series(first, last) as numbers (number)
    cross join (
        select count(*) as account_count from outreach.linkedin_accounts
    ) as counted
    cross join lateral (
        select starts_at + numbers.number / per_day * interval '24 hours' as begun_at
    ) as moments
    inner join outreach.linkedin_accounts as accounts
        on accounts.account_id = 1 + numbers.number % counted.account_count
$$;

-- Each of those sends as an attempt with its outcome; what was sent is an event as well.
create function pg_temp.bench_add_sends(
    first bigint, last bigint, per_day numeric, starts_at timestamptz
)
returns void
language sql
as $$
    insert into outreach.send_attempts (
        workspace_id, attempt_id, job_id, enrollment_id, campaign_id, step_id,
        prospect_id, account_id, action, variant, worker, begun_at, counted_on,
        provider_account_id, recipient_provider_id, request_sha256, limit_per_day,
        minimum_gap, timezone, window_weekday, window_opens, window_closes
    )
    overriding system value
    select
        workspace_id, number, number, number, workspace_id, workspace_id, number,
        account_id, action, 'A', 'bench', begun_at, counted_on, 'bench-' || account_id,
        'ACoAA' || number, repeat('0', 64), 80, '0', timezone, 1, '00:00', '24:00'
    from pg_temp.bench_sends(first, last, per_day, starts_at);

    insert into outreach.send_attempt_outcomes (
        workspace_id, outcome_id, attempt_id, outcome, means, decided_by, http_status,
        provider_reference, latency_ms, recorded_at
    )
    overriding system value
    select
        workspace_id, number, number,
        case when is_refused then 'retry_safe' else 'sent_proven' end,
        case when is_refused then 'unsent' else 'sent' end,
        'answer', case when is_refused then 503 else 201 end,
        number::text, 100, begun_at + interval '1 second'
    from pg_temp.bench_sends(first, last, per_day, starts_at);

    insert into outreach.campaign_events (
        workspace_id, event_id, enrollment_id, campaign_id, step_id, prospect_id,
        account_id, event_type, occurred_at, recorded_at, attempt_id, action,
        counted_on, actor, details
    )
    overriding system value
    select
        workspace_id, number, number, workspace_id, workspace_id, number, account_id,
        case action when 'send_invite' then 'invite_sent' else 'message_sent' end,
        begun_at, begun_at + interval '1 second', number, action, counted_on, 'bench',
        jsonb_build_object(
            'job_id', number, 'outcome', 'sent_proven', 'decided_by', 'answer',
            'provider_reference', number::text
        )
    from pg_temp.bench_sends(first, last, per_day, starts_at)
    where not is_refused
$$;

-- Counters as the sender would have left them.
create function pg_temp.bench_counters()
returns void
language sql
as $$
    truncate outreach.linkedin_daily_counters;

    insert into outreach.linkedin_daily_counters (
        workspace_id, account_id, action, counted_on, count, updated_at
    )
    select workspace_id, account_id, action, counted_on, count(*), max(occurred_at)
    from outreach.campaign_events
    group by workspace_id, account_id, action, counted_on
    order by counted_on, account_id, action
$$;

-- One account in a hundred says more of its own today than was ever begun.
create function pg_temp.bench_drift(as_of timestamptz)
returns void
language sql
as $$
    update outreach.linkedin_daily_counters as counters
    set count = counters.count + 7
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = counters.workspace_id
        and accounts.account_id = counters.account_id
        and accounts.account_id % 100 = 3
        and counters.action = 'send_invite'
        and counters.counted_on = (as_of at time zone accounts.timezone)::date
$$;

-- The indexes that a bulk load is quicker without, each as a statement.
create function pg_temp.bench_index_statements()
returns setof text
language sql
as $$
    select pg_get_indexdef(indexrelid)
    from pg_catalog.pg_index
    where
        indrelid in (
            'outreach.send_attempts'::regclass,
            'outreach.send_attempt_outcomes'::regclass,
            'outreach.campaign_events'::regclass
        )
        and not indisprimary
$$;

create function pg_temp.bench_drop_indexes()
returns void
language plpgsql
as $$
declare
    statement text;
begin
    for statement in
        select 'drop index ' || indexrelid::regclass
        from pg_catalog.pg_index
        where
            indrelid in (
                'outreach.send_attempts'::regclass,
                'outreach.send_attempt_outcomes'::regclass,
                'outreach.campaign_events'::regclass
            )
            and not indisprimary
    loop
        execute statement;
    end loop;
end
$$;

-- The work of one pass: every attempt, outcome and event is read and counted once.
create function pg_temp.bench_one_pass()
returns bigint
language sql
as $$
    with

    sent_counts as (

        select workspace_id, account_id, action, counted_on, count(*) as sent_count
        from outreach.campaign_events
        where counted_on is not null
        group by workspace_id, account_id, action, counted_on

    ),

    attempt_counts as (

        select
            attempts.workspace_id,
            attempts.account_id,
            attempts.action,
            attempts.counted_on,
            count(*) filter (where states.is_unsent is not true) as in_flight_count
        from outreach.send_attempts as attempts
        left join (
            select
                workspace_id,
                attempt_id,
                bool_and(means = 'unsent') as is_unsent
            from outreach.send_attempt_outcomes
            group by workspace_id, attempt_id
        ) as states
            on
                attempts.workspace_id = states.workspace_id
                and attempts.attempt_id = states.attempt_id
        group by
            attempts.workspace_id,
            attempts.account_id,
            attempts.action,
            attempts.counted_on

    )

    select sum(greatest(sent_count, in_flight_count))
    from sent_counts
    full join attempt_counts using (workspace_id, account_id, action, counted_on)
$$;
