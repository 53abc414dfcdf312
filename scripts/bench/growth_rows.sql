-- Rows for scripts/bench/growth.py, as functions of its own session. They run with
-- session_replication_role = replica, as they would lie after weeks of work. What is
-- under way is the same however long the history is: people who wait for a send that is
-- due later, and people who were invited lately. All other people are through.

-- Workspaces of so many accounts and two campaigns, in four time zones, with lists of the
-- provider that were read yesterday and today.
create function pg_temp.bench_world(
    workspaces integer, accounts integer, as_of timestamptz
)
returns void
language sql
as $$
    insert into outreach.workspaces (workspace_id, name, provider_dsn, created_at)
    overriding system value
    select number, 'bench ' || number, 'http://bench.test:1', as_of - interval '1 year'
    from generate_series(1, workspaces) as number;

    insert into outreach.linkedin_accounts (
        workspace_id, account_id, name, first_name, timezone, status, last_sync_at,
        created_at
    )
    overriding system value
    select
        1 + (number - 1) / accounts, number, 'account ' || number, 'Anisha',
        (
            array['UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kolkata']
        )[1 + number % 4],
        'connected', as_of - interval '5 minutes', as_of - interval '1 year'
    from generate_series(1, workspaces * accounts) as number;

    insert into outreach.linkedin_account_status_audit (
        workspace_id, account_id, status_seq, to_status, reason, actor, flipped_at
    )
    select workspace_id, account_id, 0, 'connected', 'made', 'bench', created_at
    from outreach.linkedin_accounts;

    insert into outreach.provider_accounts (
        linkedin_identity, provider_account_id, provider_dsn, provider_version,
        workspace_id, account_id
    )
    select
        'ACoAAaccount' || account_id, 'acc' || account_id, 'http://bench.test:1', 1,
        workspace_id, account_id
    from outreach.linkedin_accounts;

    insert into outreach.reply_polls (workspace_id, account_id, read_until)
    select workspace_id, account_id, 'infinity'
    from outreach.linkedin_accounts;

    insert into outreach.linkedin_account_sending_windows (
        workspace_id, account_id, weekday, opens, closes
    )
    select workspace_id, account_id, weekday, '00:00', '24:00'
    from outreach.linkedin_accounts
    cross join generate_series(1, 7) as weekday;

    insert into outreach.linkedin_account_limits (
        workspace_id, account_id, action, per, limit_count
    )
    select workspace_id, account_id, limits.action, limits.per, limits.limit_count
    from outreach.linkedin_accounts
    cross join (
        values
        ('send_invite', 'day', 80), ('send_invite', 'week', 400),
        ('send_message', 'day', 80), ('send_message', 'week', 400)
    ) as limits (action, per, limit_count);

    insert into outreach.send_queue_watermarks (
        workspace_id, account_id, list, watermark_at
    )
    select workspace_id, account_id, list, as_of
    from outreach.linkedin_accounts
    cross join unnest(array['send_invite', 'send_message', 'leased']) as list;

    insert into outreach.campaigns (
        workspace_id, campaign_id, name, status, created_at
    )
    overriding system value
    select
        1 + (number - 1) / 2, number, 'campaign ' || number, 'running',
        as_of - interval '1 year'
    from generate_series(1, workspaces * 2) as number;

    insert into outreach.campaign_steps (
        workspace_id, step_id, campaign_id, position, action
    )
    overriding system value
    select
        campaigns.workspace_id, campaigns.campaign_id * 3 + steps.position,
        campaigns.campaign_id, steps.position, steps.action
    from outreach.campaigns
    cross join (
        values (0, 'send_invite'), (1, 'wait_accept'), (2, 'send_message')
    ) as steps (position, action);

    insert into outreach.provider_reads (
        workspace_id, account_id, list, started_at, ended_at, is_complete, page_count,
        item_count, items
    )
    select
        accounts.workspace_id, accounts.account_id, list,
        moments.read_at, moments.read_at + interval '1 minute', true, 1, 10, items.items
    from outreach.linkedin_accounts as accounts
    cross join unnest(array['relations', 'sent_invitations']) as list
    cross join unnest(
        array[as_of - interval '1 day', as_of - interval '20 minutes']
    ) as moments (read_at)
    cross join lateral (
        select
            jsonb_agg(
                jsonb_build_object(
                    'provider_id', 'ACoAAlisted' || accounts.account_id || '-' || number,
                    'public_identifier', 'listed-' || number,
                    'happened_at', as_of - number * interval '1 day'
                )
            ) as items
        from generate_series(1, 10) as number
    ) as items
$$;

-- People number first to last, all invited between two moments but those who wait, and
-- what happened to each, in the order in which it was recorded. people: waiting, pending,
-- or mixed: of ten, seven never accepted, two completed the campaign and one replied.
create function pg_temp.bench_people(
    first bigint,
    last bigint,
    people text,
    from_at timestamptz,
    to_at timestamptz
)
returns void
language plpgsql
as $$
#variable_conflict use_column
begin
    drop table if exists pg_temp.persons;
    create temporary table persons as
    select
        accounts.workspace_id,
        numbers.number as person,
        accounts.account_id,
        accounts.timezone,
        accounts.workspace_id * 2 - numbers.number / 10 % 2 as campaign_id,
        kinds.kind,
        moments.at
    from generate_series(first, last) as numbers (number)
    cross join (
        select count(*) as account_count from outreach.linkedin_accounts
    ) as counted
    inner join outreach.linkedin_accounts as accounts
        on accounts.account_id = 1 + numbers.number % counted.account_count
    cross join lateral (
        select
            from_at + (numbers.number - first) * (to_at - from_at)
            / greatest(last - first, 1) as at
    ) as moments
    cross join lateral (
        select
            case
                when people <> 'mixed' then people
                -- Of a history, who was invited on the last day still waits: else all
                -- that is to come of them would be news of its last moment.
                when to_at - from_at > interval '1 day'
                    and moments.at > to_at - interval '1 day' then 'pending'
                when numbers.number / counted.account_count % 10 < 7 then 'withdrawn'
                when numbers.number / counted.account_count % 10 < 9 then 'completed'
                else 'replied'
            end as kind
    ) as kinds;
    analyze pg_temp.persons;

    drop table if exists pg_temp.happened;
    create temporary table happened as
    select
        persons.*,
        (select coalesce(max(event_id), 0) from outreach.campaign_events)
        + row_number() over (order by least(persons.at + told.after, to_at), persons.person, told.seq)
        as event_id,
        least(persons.at + told.after, to_at) as happened_at,
        told.event_type,
        told.seq,
        told.from_status,
        told.to_status,
        told.action
    from pg_temp.persons
    inner join (
        values
        (
            'withdrawn pending completed replied waiting', 'enrolled',
            interval '-1 second', 0, null, 'ready_to_invite', null
        ),
        (
            'withdrawn pending completed replied', 'invite_sent', '0', 1,
            'ready_to_invite', 'pending_accept', 'send_invite'
        ),
        (
            'withdrawn', 'invite_withdrawn', '1 day', 2, 'pending_accept', 'withdrawn',
            null
        ),
        (
            'completed replied', 'invite_accepted', '8 hours', 2, 'pending_accept',
            'ready_to_message', null
        ),
        (
            'completed', 'message_sent', '9 hours', 3, 'ready_to_message', 'completed',
            'send_message'
        ),
        (
            'replied', 'message_sent', '9 hours', null, null, null, 'send_message'
        ),
        (
            'replied', 'reply_received', '10 hours', 3, 'ready_to_message', 'replied',
            null
        )
    ) as told (kinds, event_type, after, seq, from_status, to_status, action)
        on told.kinds like '%' || persons.kind || '%';
    analyze pg_temp.happened;

    insert into outreach.prospects (
        workspace_id, prospect_id, provider_id, public_identifier, first_name,
        last_name, company, created_at
    )
    overriding system value
    select
        workspace_id, person, 'ACoAA' || lpad(person::text, 34, '0'),
        'person-' || person, 'Ada', 'Surname' || person % 9973,
        'Company ' || person % 4999, at - interval '1 day'
    from pg_temp.persons;

    insert into outreach.campaign_prospects (
        workspace_id, enrollment_id, campaign_id, prospect_id, account_id,
        linkedin_status, status_seq, current_step_id, next_action_at,
        linkedin_invited_at, linkedin_accepted_at, created_at
    )
    overriding system value
    select
        workspace_id, person, campaign_id, person, account_id,
        case kind when 'waiting' then 'ready_to_invite' when 'pending'
            then 'pending_accept' else kind end,
        case kind when 'waiting' then 0 when 'pending' then 1 when 'withdrawn' then 2
            else 3 end,
        campaign_id * 3
        + case kind when 'waiting' then 0 when 'pending' then 1 when 'withdrawn' then 1
            else 2 end,
        case when kind = 'waiting' then to_at + (2 + person % 70) * interval '1 hour' end,
        case when kind <> 'waiting' then at end,
        case when kind in ('completed', 'replied') then
            least(at + interval '8 hours', to_at) end,
        at - interval '1 second'
    from pg_temp.persons;

    insert into outreach.campaign_send_jobs (
        workspace_id, enrollment_id, campaign_id, step_id, account_id, action, status,
        run_at, created_at
    )
    select
        workspace_id, enrollment_id, campaign_id, current_step_id, account_id,
        'send_invite', 'queued', next_action_at, created_at
    from outreach.campaign_prospects
    where people = 'waiting' and enrollment_id between first and last;

    insert into outreach.campaign_send_jobs (
        workspace_id, job_id, enrollment_id, campaign_id, step_id, account_id, action,
        status, completed_at, created_at
    )
    overriding system value
    select
        workspace_id, 1000000000 + event_id, person, campaign_id,
        campaign_id * 3 + case action when 'send_invite' then 0 else 2 end, account_id,
        action, 'completed', happened_at, happened_at
    from pg_temp.happened
    where action is not null
    order by happened.event_id;

    insert into outreach.send_attempts (
        workspace_id, attempt_id, job_id, enrollment_id, campaign_id, step_id,
        prospect_id, account_id, action, variant, worker, begun_at, counted_on,
        provider_account_id, recipient_provider_id, request_sha256, limit_per_day,
        limit_per_week, minimum_gap, timezone, window_weekday, window_opens,
        window_closes
    )
    overriding system value
    select
        workspace_id, event_id, 1000000000 + event_id, person, campaign_id,
        campaign_id * 3 + case action when 'send_invite' then 0 else 2 end, person,
        account_id, action, (array['A', 'B'])[1 + person % 2], 'bench', happened_at,
        (happened_at at time zone timezone)::date, 'acc' || account_id,
        'ACoAA' || lpad(person::text, 34, '0'), md5(event_id::text) || repeat('0', 32),
        80, 400, '0', timezone,
        extract(isodow from happened_at at time zone timezone), '00:00', '24:00'
    from pg_temp.happened
    where action is not null
    order by happened.event_id;

    insert into outreach.send_attempt_outcomes (
        workspace_id, attempt_id, outcome, means, decided_by, http_status,
        provider_reference, latency_ms, recorded_at
    )
    select
        workspace_id, event_id, 'sent_proven', 'sent', 'answer', 201, event_id::text,
        100, happened_at
    from pg_temp.happened
    where action is not null
    order by happened.event_id;

    insert into outreach.linkedin_events (
        workspace_id, event_id, account_id, event_type, occurred_at, received_at,
        received_via, dedupe_key, provider_id, payload
    )
    overriding system value
    select
        workspace_id, event_id, account_id,
        case event_type when 'reply_received' then 'message_received'
            else 'new_relation' end,
        happened_at, happened_at, 'webhook', event_id,
        'ACoAA' || lpad(person::text, 34, '0'),
        jsonb_build_object('message', 'Message ' || event_id)
    from pg_temp.happened
    where event_type in ('reply_received', 'invite_accepted')
    order by happened.event_id;

    insert into outreach.campaign_events (
        workspace_id, event_id, enrollment_id, campaign_id, step_id, prospect_id,
        account_id, event_type, occurred_at, recorded_at, attempt_id, action,
        counted_on, status_seq, from_status, to_status, actor, details
    )
    overriding system value
    select
        workspace_id, event_id, person, campaign_id,
        campaign_id * 3
        + case event_type when 'message_sent' then 2 when 'reply_received' then 2
            when 'invite_sent' then 0 else 1 end,
        person, account_id, event_type, happened_at, happened_at,
        case when action is not null then event_id end, action,
        case when action is not null
            then (happened_at at time zone timezone)::date end,
        seq, from_status, to_status, 'bench',
        case event_type when 'reply_received'
            then jsonb_build_object('linkedin_event_id', event_id) else '{}' end
    from pg_temp.happened
    order by happened.event_id;

    insert into outreach.accept_signals (
        workspace_id, account_id, person, provider_id, signal, happened_at,
        observed_at, evidence
    )
    select
        workspace_id, account_id, 'ACoAA' || lpad(person::text, 34, '0'),
        'ACoAA' || lpad(person::text, 34, '0'), signal, happened_at, happened_at, '{}'
    from pg_temp.happened
    cross join unnest(array['webhook', 'relation']) as signal
    where event_type = 'invite_accepted';

    insert into outreach.accept_credits (
        workspace_id, account_id, person, enrollment_id, invite_event_id, is_credited,
        accepted_after, accepted_before, accepted_at, signals, actor, decided_at
    )
    select
        workspace_id, account_id, 'ACoAA' || lpad(person::text, 34, '0'), person, 1,
        true, at, happened_at, happened_at, array['webhook', 'relation'], 'bench',
        happened_at
    from pg_temp.happened
    where event_type = 'invite_accepted'
    order by happened.event_id;
end
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
    where counted_on is not null
    group by workspace_id, account_id, action, counted_on
    order by counted_on, account_id, action
$$;

-- The indexes that a bulk load is quicker without, each as a statement.
create function pg_temp.bench_take_indexes()
returns text []
language plpgsql
as $$
declare
    made text [];
    one record;
begin
    for one in
        select indexrelid::regclass as name, pg_get_indexdef(indexrelid) as statement
        from pg_catalog.pg_index
        inner join pg_catalog.pg_class on pg_class.oid = indrelid
        where
            relnamespace = 'outreach'::regnamespace
            and relname in (
                'send_attempts', 'send_attempt_outcomes', 'campaign_events', 'prospects',
                'campaign_send_jobs', 'campaign_prospects', 'linkedin_events',
                'accept_signals', 'accept_credits'
            )
            and not indisprimary
            and not exists (
                select from pg_catalog.pg_constraint where conindid = indexrelid
            )
    loop
        made := made || one.statement;
        execute 'drop index ' || one.name;
    end loop;
    return made;
end
$$;
