-- Tenants and the LinkedIn accounts that act for them.
-- Every key starts with workspace_id, so that the same files shard by workspace.

create table outreach.workspaces (
    workspace_id bigint generated always as identity,
    name text not null,
    -- The provider's address that this workspace was loaded for. A claim under
    -- another address is refused: demo people never reach a real provider.
    provider_dsn text not null,
    created_at timestamptz not null default now(),
    constraint workspaces_pkey primary key (workspace_id),
    constraint a_workspace_has_a_name check (name <> ''),
    constraint a_workspace_names_its_provider check (provider_dsn <> '')
);

-- Names that Postgres knows as time zones, copied once: pg_timezone_names reads
-- some 600 files at each look, and a bare cast accepts any POSIX text as a zone.
create table outreach.timezones (
    timezone text not null,
    constraint timezones_pkey primary key (timezone)
);

insert into outreach.timezones (timezone)
select pg_timezone_names.name
from pg_catalog.pg_timezone_names
where pg_timezone_names.name not like 'posix%'
on conflict do nothing;

create table outreach.linkedin_accounts (
    workspace_id bigint not null,
    account_id bigint generated always as identity,
    name text not null,
    first_name text,
    last_name text,
    -- Only outreach.flip_linkedin_account_status() writes these two.
    status text not null default 'connecting',
    status_seq bigint not null default 0,
    -- A changed zone takes effect at the old zone's next midnight: until
    -- next_timezone_at the account lives in timezone, from then on in next_timezone.
    timezone text not null,
    next_timezone text,
    next_timezone_at timestamptz,
    -- A free account's invite note ends at 200 characters, a paid one's at 300.
    has_premium boolean not null default false,
    last_sync_at timestamptz,
    paused_at timestamptz,
    paused_by text,
    paused_reason text,
    created_at timestamptz not null default now(),
    constraint linkedin_accounts_pkey primary key (workspace_id, account_id),
    constraint linkedin_accounts_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint an_account_status_is_known check (
        status in (
            'connecting', 'connected', 'disconnected', 'restricted', 'deleted'
        )
    ),
    constraint a_changed_timezone_has_its_moment check (
        (next_timezone is null) = (next_timezone_at is null)
    ),
    constraint a_pause_says_who_and_why check (
        (paused_at is null) = (paused_by is null)
        and (paused_at is null) = (paused_reason is null)
    )
);

-- One LinkedIn identity belongs to one account of one workspace, so that no
-- person's caps exist twice. Global: a webhook finds its workspace here.
create table outreach.provider_accounts (
    linkedin_identity text not null,
    -- The provider's id: another one after the account was deleted and added again.
    provider_account_id text not null,
    workspace_id bigint not null,
    account_id bigint not null,
    linked_at timestamptz not null default now(),
    constraint provider_accounts_pkey primary key (linkedin_identity),
    constraint a_provider_account_is_linked_once unique (provider_account_id),
    constraint an_account_has_one_identity unique (workspace_id, account_id),
    constraint provider_accounts_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id)
);

create table outreach.linkedin_account_limits (
    workspace_id bigint not null,
    account_id bigint not null,
    action text not null,
    per text not null,
    limit_count integer not null,
    -- The least time between two attempts of this action, on the day's row.
    minimum_gap interval not null default '0',
    constraint linkedin_account_limits_pkey
    primary key (workspace_id, account_id, action, per),
    constraint linkedin_account_limits_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint a_limit_is_for_a_known_action check (
        action in (
            'resolve_profile', 'send_invite', 'send_message', 'send_inmail', 'comment'
        )
    ),
    constraint a_limit_is_per_day_week_or_outstanding check (
        per in ('day', 'week', 'outstanding')
    ),
    constraint only_invites_are_outstanding check (
        per <> 'outstanding' or action = 'send_invite'
    ),
    constraint a_limit_is_not_negative check (limit_count >= 0),
    constraint a_gap_is_not_negative check (minimum_gap >= '0'),
    constraint a_gap_stands_on_the_days_row check (per = 'day' or minimum_gap = '0')
);

create table outreach.linkedin_account_sending_windows (
    workspace_id bigint not null,
    account_id bigint not null,
    weekday smallint not null, -- ISO: 1 is Monday
    opens time not null,
    closes time not null,
    constraint linkedin_account_sending_windows_pkey
    primary key (workspace_id, account_id, weekday, opens),
    constraint linkedin_account_sending_windows_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint a_weekday_is_1_to_7 check (weekday between 1 and 7),
    constraint a_window_closes_after_it_opens check (opens < closes)
);

create table outreach.linkedin_account_holds (
    workspace_id bigint not null,
    account_id bigint not null,
    action text not null,
    held_until timestamptz not null,
    reason text not null,
    created_at timestamptz not null default now(),
    constraint linkedin_account_holds_pkey primary key (workspace_id, account_id, action),
    constraint linkedin_account_holds_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id)
);

create table outreach.linkedin_account_status_audit (
    workspace_id bigint not null,
    account_id bigint not null,
    -- 0 is the account's creation, written by its own trigger.
    status_seq bigint not null,
    from_status text,
    to_status text not null,
    reason text not null,
    actor text not null,
    flipped_at timestamptz not null,
    constraint linkedin_account_status_audit_pkey
    primary key (workspace_id, account_id, status_seq),
    constraint linkedin_account_status_audit_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint only_a_creation_comes_from_nothing check (
        (from_status is null) = (status_seq = 0)
    ),
    constraint a_flip_changes_the_status check (from_status <> to_status)
);
