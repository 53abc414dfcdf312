-- What is kept for speed or for people: counters, which a model recomputes, the heals
-- that correct rows, and alerts.

create table outreach.linkedin_daily_counters (
    workspace_id bigint not null,
    account_id bigint not null,
    action text not null,
    counted_on date not null,
    count integer not null,
    updated_at timestamptz not null,
    constraint linkedin_daily_counters_pkey
    primary key (workspace_id, account_id, action, counted_on),
    constraint linkedin_daily_counters_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint a_count_is_not_negative check (count >= 0)
);

comment on table outreach.linkedin_daily_counters is
'How often an account did an action on a day. It is kept for speed, and a model '
'recomputes it from events.';
comment on column outreach.linkedin_daily_counters.counted_on is
'The account''s own calendar day.';

create index linkedin_daily_counters_counted_on
on outreach.linkedin_daily_counters using brin (counted_on)
with (pages_per_range = 16);

create table outreach.linkedin_counter_heals (
    workspace_id bigint not null,
    heal_id bigint generated always as identity,
    account_id bigint not null,
    action text not null,
    counted_on date not null,
    before integer not null,
    after integer not null,
    actual integer not null,
    in_flight integer not null,
    kind text not null,
    healed_by text not null,
    healed_at timestamptz not null,
    constraint linkedin_counter_heals_pkey primary key (workspace_id, heal_id),
    constraint linkedin_counter_heals_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint a_heal_changes_something check (before <> after),
    constraint a_heal_sets_the_larger_witness check (
        after = greatest(actual, in_flight)
    ),
    constraint a_heal_has_a_known_kind check (
        kind in ('inflation', 'release', 'shortfall')
    )
);

comment on table outreach.linkedin_counter_heals is
'Each correction of a daily counter. Rows are never changed.';
comment on column outreach.linkedin_counter_heals.counted_on is
'The account''s own calendar day.';
comment on column outreach.linkedin_counter_heals.before is
'The counter before the heal.';
comment on column outreach.linkedin_counter_heals.after is
'The counter after the heal.';
comment on column outreach.linkedin_counter_heals.actual is
'The sends of that day, counted from events.';
comment on column outreach.linkedin_counter_heals.in_flight is
'The attempts of that day that are not known as unsent.';
comment on column outreach.linkedin_counter_heals.kind is
'inflation: above all attempts begun that day. release: attempts became known as '
'unsent. shortfall: below what was sent.';

create index linkedin_counter_heals_of_account
on outreach.linkedin_counter_heals (workspace_id, account_id, healed_at);

create table outreach.heal_reports (
    workspace_id bigint not null,
    report_id bigint generated always as identity,
    heal text not null,
    subject text not null,
    actor text not null,
    before_count bigint not null,
    after_count bigint not null,
    outcome text not null,
    proof text,
    proof_sha256 text,
    proof_emptied_at timestamptz,
    reported_at timestamptz not null,
    constraint heal_reports_pkey primary key (workspace_id, report_id),
    constraint heal_reports_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint a_heal_is_kept_or_rolled_back check (
        outcome in ('kept', 'rolled_back')
    ),
    constraint a_kept_heal_leaves_less_wrong check (
        (outcome = 'kept') = (after_count < before_count)
    ),
    constraint only_an_emptied_proof_is_gone check (
        (proof is null) = (proof_emptied_at is not null)
        and (proof is null) = (proof_sha256 is not null)
    ),
    constraint a_heal_report_says_who_and_what check (
        heal <> '' and subject <> '' and actor <> '' and proof <> ''
    )
);

comment on table outreach.heal_reports is
'What each heal that a person started did: what was wrong before and after, and the '
'query that proves it.';
comment on column outreach.heal_reports.before_count is
'The number of wrong rows before the heal.';
comment on column outreach.heal_reports.after_count is
'The number of wrong rows after the heal.';
comment on column outreach.heal_reports.proof is
'The query that counts the wrong rows. Null once it is older than its bound.';

create table outreach.linkedin_admin_alerts (
    workspace_id bigint not null default 0,
    alert_id bigint generated always as identity,
    code text not null,
    subject text not null,
    message text not null,
    details jsonb not null default '{}',
    opened_at timestamptz not null,
    last_seen_at timestamptz not null,
    resolved_at timestamptz,
    delivered_at timestamptz,
    delivery_attempts integer not null default 0,
    last_delivery_error text,
    constraint linkedin_admin_alerts_pkey primary key (workspace_id, alert_id)
);

comment on table outreach.linkedin_admin_alerts is
'What a person has to look at. An alert is open until the check that raised it '
'passes.';
comment on column outreach.linkedin_admin_alerts.workspace_id is
'0 for what concerns no single workspace.';
comment on column outreach.linkedin_admin_alerts.delivered_at is
'When a message about the alert was delivered. Null until then.';
comment on column outreach.linkedin_admin_alerts.resolved_at is
'Null while the alert is open.';

create unique index one_open_alert_per_code_and_subject
on outreach.linkedin_admin_alerts (workspace_id, code, subject)
where resolved_at is null;

create table outreach.retention_bounds (
    what text not null,
    days integer not null,
    description text not null,
    constraint retention_bounds_pkey primary key (what),
    constraint a_bound_is_a_day_or_more check (days >= 1)
);

comment on table outreach.retention_bounds is
'How long raw data is kept. Facts are kept for ever: attempts, outcomes, events, audit '
'rows. Rows that are not settled or not read yet are kept beyond their bound.';

insert into outreach.retention_bounds (what, days, description)
values
(
    'provider_reads.items', 30,
    'What a read of a list found. Figures look back 7 days.'
),
(
    'provider_wide_reads.items', 90,
    'What a read of the accounts or webhooks at the provider found. Figures use the '
    'newest one.'
),
(
    'linkedin_webhook_deliveries.body', 90,
    'Bodies of webhooks. Events are made of them when they are read.'
),
(
    'send_attempt_outcomes.raw_response', 90,
    'Bodies of the provider''s answers. Outcomes hold what follows from them.'
),
('heal_reports.proof', 365, 'Queries that count what a heal left.'),
('dagster.runs', 30, 'Runs of Dagster with their events, in its own database.');
