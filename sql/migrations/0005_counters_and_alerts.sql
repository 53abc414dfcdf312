-- What is kept for speed or for show, each with a model that recomputes it.

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
    -- inflation: above all attempts begun that day; release: attempts known unsent;
    -- shortfall: below what was sent.
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

create index linkedin_counter_heals_of_account
on outreach.linkedin_counter_heals (workspace_id, account_id, healed_at);

-- What the validator says today of each saved template: dbt cannot run Liquid.
create table outreach.template_validations (
    workspace_id bigint not null,
    step_id bigint not null,
    variant text not null,
    field text not null,
    validation_stamp text not null,
    is_valid boolean not null,
    errors jsonb not null default '[]',
    validated_at timestamptz not null,
    constraint template_validations_pkey
    primary key (workspace_id, step_id, variant, field)
);

create table outreach.linkedin_admin_alerts (
    -- 0 for what concerns no single workspace
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

create unique index one_open_alert_per_code_and_subject
on outreach.linkedin_admin_alerts (workspace_id, code, subject)
where resolved_at is null;
