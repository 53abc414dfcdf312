-- Rows for scripts/bench/console.py, as functions of its own session. They run with
-- session_replication_role = replica, as they would lie after months of work.

-- Ten accounts in one workspace, a campaign for every 5,000 people, of four steps, and
-- the people: a third is due or waits for its time, a third is invited, the others have
-- gone further. A few wait for a template to be fixed.
create function pg_temp.bench_world(people integer, as_of timestamptz)
returns void
language sql
as $$
    insert into outreach.workspaces (workspace_id, name, provider_dsn)
    overriding system value
    values (1, 'bench', 'http://bench.test:1');

    insert into outreach.linkedin_accounts (
        workspace_id, account_id, name, first_name, timezone, status
    )
    overriding system value
    select 1, number, 'Account ' || number, 'Anisha', 'Europe/Berlin', 'connected'
    from generate_series(1, 10) as number;

    insert into outreach.linkedin_account_status_audit (
        workspace_id, account_id, status_seq, to_status, reason, actor, flipped_at
    )
    select 1, number, 0, 'connected', 'made', 'bench', as_of - interval '90 days'
    from generate_series(1, 10) as number;

    insert into outreach.provider_accounts (
        linkedin_identity, provider_account_id, workspace_id, account_id,
        provider_dsn, provider_version
    )
    select
        'ACoAAaccount' || number, 'acc' || number, 1, number, 'http://bench.test:1', 1
    from generate_series(1, 10) as number;

    insert into outreach.reply_polls (workspace_id, account_id, read_until)
    select workspace_id, account_id, 'infinity'
    from outreach.linkedin_accounts;

    insert into outreach.linkedin_account_sending_windows
    select 1, number, weekday, '00:00', '24:00'
    from generate_series(1, 10) as number, generate_series(1, 7) as weekday;

    insert into outreach.linkedin_account_limits (
        workspace_id, account_id, action, per, limit_count
    )
    select 1, number, action, 'day', 80
    from
        generate_series(1, 10) as number,
        unnest(array['send_invite', 'send_message', 'withdraw_invite']) as action
    union all
    select 1, number, 'send_invite', 'outstanding', 100000
    from generate_series(1, 10) as number;

    insert into outreach.campaigns (workspace_id, campaign_id, name, status)
    overriding system value
    select 1, number, 'Campaign ' || number, 'running'
    from generate_series(1, greatest(people / 5000, 1)) as number;

    insert into outreach.campaign_accounts (workspace_id, campaign_id, account_id)
    select 1, campaigns.campaign_id, number
    from outreach.campaigns, generate_series(1, 10) as number;

    insert into outreach.campaign_steps (
        workspace_id, step_id, campaign_id, position, action
    )
    overriding system value
    select
        1, campaigns.campaign_id * 4 + steps.position, campaigns.campaign_id,
        steps.position, steps.action
    from
        outreach.campaigns,
        (
            values
            (0, 'send_invite'), (1, 'wait_accept'), (2, 'send_message'),
            (3, 'send_message')
        ) as steps (position, action);

    insert into outreach.campaign_step_templates (
        workspace_id, step_id, field, template, validation_stamp, validated_at
    )
    select
        1, step_id, case action when 'send_invite' then 'note' else 'message' end,
        'Hi {{ firstName }}, a word about {{ company }}?', 'bench', as_of
    from outreach.campaign_steps
    where action in ('send_invite', 'send_message');

    insert into outreach.prospects (
        workspace_id, prospect_id, provider_id, public_identifier, first_name,
        last_name, company, job_title, email, created_at
    )
    overriding system value
    select
        1, number, 'ACoAA' || lpad(number::text, 34, '0'), 'person-' || number,
        (array['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara'])[1 + number % 5],
        'Surname' || number % 9973, 'Company ' || number % 4999, 'Engineer',
        'person' || number || '@company' || number % 4999 || '.example',
        as_of - interval '90 days'
    from generate_series(1, people) as number;

    insert into outreach.campaign_prospects (
        workspace_id, enrollment_id, campaign_id, prospect_id, account_id,
        linkedin_status, current_step_id, next_action_at, linkedin_invited_at,
        linkedin_accepted_at, template_error, created_at
    )
    overriding system value
    select
        1, number, campaigns.campaign_id, number, 1 + number % 10, told.status,
        campaigns.campaign_id * 4 + told.position,
        case
            when told.status in ('ready_to_invite', 'ready_to_message')
                then as_of + (number % 1000 - 300) * interval '1 minute'
        end,
        case when told.position > 0 then as_of - (number % 60) * interval '1 day' end,
        case when told.position > 1 then as_of - (number % 30) * interval '1 day' end,
        case
            when told.status = 'pending_template_fix'
                then jsonb_build_object('field', 'note', 'message', 'expected ''}}''')
        end,
        as_of - interval '90 days'
    from generate_series(1, people) as number
    cross join lateral (
        select 1 + number % greatest(people / 5000, 1) as campaign_id
    ) as campaigns
    cross join lateral (
        select
            case
                when number / 20 % 10 < 4 and number % 37 = 0
                    then 'pending_template_fix'
                when number / 20 % 10 < 4 then 'ready_to_invite'
                when number / 20 % 10 < 7 then 'pending_accept'
                when number / 20 % 10 < 8 then 'ready_to_message'
                when number / 20 % 10 < 9 then 'replied'
                else 'completed'
            end as status,
            case
                when number / 20 % 10 < 4 then 0
                when number / 20 % 10 < 7 then 1
                when number / 20 % 10 < 8 then 2
                else 3
            end as position
    ) as told;

    insert into outreach.campaign_send_jobs (
        workspace_id, enrollment_id, campaign_id, step_id, account_id, action, status,
        run_at
    )
    select
        1, enrollment_id, campaign_id, current_step_id, account_id,
        case linkedin_status
            when 'ready_to_message' then 'send_message' else 'send_invite'
        end,
        case linkedin_status
            when 'pending_template_fix' then 'parked' else 'queued'
        end,
        next_action_at
    from outreach.campaign_prospects
    where
        linkedin_status in (
            'ready_to_invite', 'ready_to_message', 'pending_template_fix'
        )
$$;

-- What waits for a person: open alerts, and calls that nobody answered, which the
-- provider's lists could not decide. Their attempts are numbered from 10^9 + 1.
create function pg_temp.bench_waiting(as_of timestamptz)
returns void
language sql
as $$
    insert into outreach.linkedin_admin_alerts (
        workspace_id, code, subject, message, details, opened_at, last_seen_at
    )
    select
        1, 'bench', 'person ' || number, 'Something is wrong with person ' || number,
        jsonb_build_object('what_to_do', 'Look at the person.'),
        as_of - number * interval '1 minute', as_of
    from generate_series(1, 120) as number;

    update outreach.campaign_send_jobs
    set status = 'unknown'
    where
        (workspace_id, job_id) in (
            select
                workspace_id,
                job_id
            from outreach.campaign_send_jobs
            where action = 'send_message'
            order by job_id
            limit 60
        );

    insert into outreach.send_attempts (
        workspace_id, attempt_id, job_id, enrollment_id, campaign_id, step_id,
        prospect_id, account_id, action, variant, worker, begun_at, counted_on,
        provider_account_id, recipient_provider_id, request_sha256, limit_per_day,
        minimum_gap, timezone, window_weekday, window_opens, window_closes
    )
    overriding system value
    select
        1, 1000000000 + row_number() over (order by jobs.job_id), jobs.job_id,
        jobs.enrollment_id, jobs.campaign_id, jobs.step_id, enrollments.prospect_id,
        jobs.account_id, jobs.action, 'A', 'bench', as_of - interval '2 hours',
        (as_of - interval '2 hours')::date, 'acc' || jobs.account_id,
        'ACoAA' || lpad(enrollments.prospect_id::text, 34, '0'), repeat('0', 64), 80,
        '0', 'Europe/Berlin', 1, '00:00', '24:00'
    from outreach.campaign_send_jobs as jobs
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = 1
            and jobs.enrollment_id = enrollments.enrollment_id
    where jobs.status = 'unknown';

    insert into outreach.provider_reads (
        workspace_id, account_id, list, subject, started_at, ended_at, is_complete,
        page_count, item_count
    )
    select
        1, accounts.account_id, lists.list, lists.subject,
        as_of - lists.minutes * interval '1 minute',
        as_of - lists.minutes * interval '1 minute', true, 1, 0
    from outreach.linkedin_accounts as accounts
    cross join (
        values
        ('chats', 'unknown_sends', 40), ('chats', 'unknown_sends', 20),
        ('relations', null, 30)
    ) as lists (list, subject, minutes)
$$;

-- Events number first to last: an invite each for those who have one, then, round after
-- round, what the sender does and records about everybody. Each send has its attempt and
-- its outcome.
create function pg_temp.bench_events(
    first bigint, last bigint, total bigint, as_of timestamptz
)
returns void
language sql
as $$
    insert into outreach.campaign_events (
        workspace_id, event_id, enrollment_id, campaign_id, step_id, prospect_id,
        account_id, event_type, occurred_at, recorded_at, attempt_id, action,
        counted_on, actor, details
    )
    overriding system value
    select
        1, numbers.number, enrollments.enrollment_id, enrollments.campaign_id,
        enrollments.campaign_id * 4
        + case when kinds.is_invite then 0 when kinds.is_message then 2 else 3 end,
        enrollments.prospect_id, enrollments.account_id, kinds.event_type,
        moments.at, moments.at,
        case when kinds.is_send then numbers.number end,
        case
            when kinds.is_invite then 'send_invite'
            when kinds.is_message then 'send_message'
        end,
        case when kinds.is_send then moments.at::date end,
        'bench', '{}'
    from generate_series(first, last) as numbers (number)
    cross join (
        select count(*) as people from outreach.campaign_prospects
    ) as counted
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = 1
            and enrollments.enrollment_id = 1 + numbers.number % counted.people
    cross join lateral (
        select
            as_of - (total - numbers.number) * interval '90 days' / total as at,
            numbers.number / counted.people as round
    ) as moments
    cross join lateral (
        select
            moments.round = 0
            and enrollments.linkedin_invited_at is not null as is_invite,
            moments.round in (1, 2)
            and enrollments.linkedin_status in ('replied', 'completed') as is_message
    ) as sends
    cross join lateral (
        select
            sends.is_invite,
            sends.is_message,
            sends.is_invite or sends.is_message as is_send,
            case
                when sends.is_invite then 'invite_sent'
                when sends.is_message then 'message_sent'
                when
                    moments.round = 3 and enrollments.linkedin_status = 'replied'
                    then 'reply_received'
                else 'rescheduled'
            end as event_type
    ) as kinds;

    insert into outreach.send_attempts (
        workspace_id, attempt_id, job_id, enrollment_id, campaign_id, step_id,
        prospect_id, account_id, action, variant, worker, begun_at, counted_on,
        provider_account_id, recipient_provider_id, request_sha256, limit_per_day,
        minimum_gap, timezone, window_weekday, window_opens, window_closes
    )
    overriding system value
    select
        1, attempt_id, attempt_id, enrollment_id, campaign_id, step_id, prospect_id,
        account_id, action, 'A', 'bench', occurred_at, counted_on,
        'acc' || account_id, 'ACoAA' || lpad(prospect_id::text, 34, '0'),
        repeat('0', 64), 80, '0', 'Europe/Berlin', 1, '00:00', '24:00'
    from outreach.campaign_events
    where event_id between first and last and attempt_id is not null;

    insert into outreach.send_attempt_outcomes (
        workspace_id, attempt_id, outcome, means, decided_by, http_status,
        provider_reference, latency_ms, recorded_at
    )
    select
        1, attempt_id, 'sent_proven', 'sent', 'answer', 201, attempt_id::text, 100,
        occurred_at
    from outreach.campaign_events
    where event_id between first and last and attempt_id is not null
$$;

-- Ten messages for each of some people, as the provider told of them.
create function pg_temp.bench_messages(people integer, as_of timestamptz)
returns void
language sql
as $$
    insert into outreach.linkedin_events (
        workspace_id, account_id, event_type, occurred_at, received_at, received_via,
        dedupe_key, provider_id, payload
    )
    select
        1, enrollments.account_id,
        case number % 2 when 0 then 'message_received' else 'message_sent' end,
        as_of - number * interval '1 hour', as_of - number * interval '1 hour',
        'webhook', enrollments.enrollment_id || '-' || number, prospects.provider_id,
        jsonb_build_object('message', 'Message ' || number)
    from outreach.campaign_prospects as enrollments
    inner join outreach.prospects
        on prospects.workspace_id = 1 and prospects.prospect_id = enrollments.prospect_id
    cross join generate_series(1, 10) as number
    where enrollments.enrollment_id <= people
$$;
