-- Tenants, and the LinkedIn accounts that send for them.

create table outreach.workspaces (
    workspace_id bigint generated always as identity,
    name text not null,
    provider_dsn text not null,
    created_at timestamptz not null default now(),
    constraint workspaces_pkey primary key (workspace_id),
    constraint a_workspace_has_a_name check (name <> ''),
    constraint a_workspace_names_its_provider check (provider_dsn <> '')
);

comment on table outreach.workspaces is
'A tenant. Every key of a tenant table starts with workspace_id, so that rows can be '
'spread by workspace.';
comment on column outreach.workspaces.provider_dsn is
'The address of the provider that the workspace was loaded for. A claim under another '
'address is refused, so that demo people never reach a real provider. Only '
'outreach.move_workspace_to_provider() changes it.';

create table outreach.provider_moves (
    workspace_id bigint not null,
    move_id bigint generated always as identity,
    from_provider_dsn text not null,
    to_provider_dsn text not null,
    people_count bigint not null,
    actor text not null,
    reason text not null,
    moved_at timestamptz not null,
    constraint provider_moves_pkey primary key (workspace_id, move_id),
    constraint provider_moves_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint a_move_changes_the_provider check (
        from_provider_dsn <> to_provider_dsn
    ),
    constraint a_move_says_who_and_why check (actor <> '' and reason <> '')
);

comment on table outreach.provider_moves is
'Each change of the provider of a workspace, with who and why. Rows are never changed.';
comment on column outreach.provider_moves.people_count is
'The people of the workspace at that moment, who are contacted through the new '
'provider from then on.';

create table outreach.fixed_offset_timezones (
    timezone text not null,
    city text not null,
    constraint fixed_offset_timezones_pkey primary key (timezone)
);

comment on table outreach.fixed_offset_timezones is
'Names of zones with summer time that "at time zone" reads as abbreviations with a '
'fixed offset. No account lives in one: its city is named instead.';
comment on column outreach.fixed_offset_timezones.city is
'The zone that the name is a link to.';

insert into outreach.fixed_offset_timezones (timezone, city)
values
('CET', 'Europe/Brussels'),
('EET', 'Europe/Athens'),
('MET', 'Europe/Brussels'),
('WET', 'Europe/Lisbon');

create table outreach.timezones (
    timezone text not null,
    constraint timezones_pkey primary key (timezone)
);

comment on table outreach.timezones is
'The names in which an account may live, copied once: pg_timezone_names reads about '
'600 files at each look, and a cast accepts any POSIX text as a zone.';

insert into outreach.timezones (timezone)
select pg_timezone_names.name
from pg_catalog.pg_timezone_names
where
    pg_timezone_names.name not like 'posix%'
    and not exists (
        select 1
        from outreach.fixed_offset_timezones
        where fixed_offset_timezones.timezone = pg_timezone_names.name
    )
on conflict do nothing;

create table outreach.linkedin_accounts (
    workspace_id bigint not null,
    account_id bigint generated always as identity,
    name text not null,
    first_name text,
    last_name text,
    status text not null default 'connecting',
    status_seq bigint not null default 0,
    timezone text not null,
    next_timezone text,
    next_timezone_at timestamptz,
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

comment on table outreach.linkedin_accounts is
'A LinkedIn account that sends for a workspace.';
comment on column outreach.linkedin_accounts.status is
'Only outreach.flip_linkedin_account_status() writes it.';
comment on column outreach.linkedin_accounts.status_seq is
'The number of status changes so far. Only outreach.flip_linkedin_account_status() '
'writes it.';
comment on column outreach.linkedin_accounts.timezone is
'The zone of the account''s calendar day until next_timezone_at.';
comment on column outreach.linkedin_accounts.next_timezone is
'The zone from next_timezone_at on. Null if no change is planned.';
comment on column outreach.linkedin_accounts.next_timezone_at is
'The next midnight of the old zone, at which a changed zone takes effect.';
comment on column outreach.linkedin_accounts.has_premium is
'A free account may write 200 characters in an invite note, a paid one 300.';
comment on column outreach.linkedin_accounts.last_sync_at is
'When the provider was last asked for the account''s state and gave one.';
comment on column outreach.linkedin_accounts.paused_at is
'Null unless a person paused the account.';

create table outreach.linkedin_account_status_audit (
    workspace_id bigint not null,
    account_id bigint not null,
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

comment on table outreach.linkedin_account_status_audit is
'One row for each status of an account. Rows are never changed.';
comment on column outreach.linkedin_account_status_audit.status_seq is
'0 is the creation of the account, which a trigger writes.';
comment on column outreach.linkedin_account_status_audit.from_status is
'Null at the creation of the account.';

create table outreach.linkedin_account_limits (
    workspace_id bigint not null,
    account_id bigint not null,
    action text not null,
    per text not null,
    limit_count integer not null,
    minimum_gap interval not null default '0',
    constraint linkedin_account_limits_pkey
    primary key (workspace_id, account_id, action, per),
    constraint linkedin_account_limits_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint a_limit_is_for_a_known_action check (
        action in (
            'resolve_profile', 'send_invite', 'send_invite_with_note', 'send_message',
            'send_inmail', 'comment'
        )
    ),
    constraint a_limit_is_per_a_known_span check (
        per in ('day', 'week', 'month', 'outstanding')
    ),
    constraint notes_are_limited_per_week_or_month check (
        action <> 'send_invite_with_note' or per in ('week', 'month')
    ),
    constraint only_invites_are_outstanding check (
        per <> 'outstanding' or action = 'send_invite'
    ),
    constraint a_limit_is_not_negative check (limit_count >= 0),
    constraint a_gap_is_not_negative check (minimum_gap >= '0'),
    constraint only_the_days_row_has_a_gap check (per = 'day' or minimum_gap = '0')
);

comment on table outreach.linkedin_account_limits is
'How many attempts of an action an account may begin.';
comment on column outreach.linkedin_account_limits.action is
'send_invite_with_note limits the invites that have a note, beside the limit of all '
'invites.';
comment on column outreach.linkedin_account_limits.per is
'day and month count by the account''s own calendar, week the last 168 hours. '
'outstanding counts invites without an answer.';
comment on column outreach.linkedin_account_limits.minimum_gap is
'The least time between two attempts of the action. Only the row per day has one.';

create table outreach.linkedin_account_sending_windows (
    workspace_id bigint not null,
    account_id bigint not null,
    weekday smallint not null,
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

comment on table outreach.linkedin_account_sending_windows is
'When an account may send, in its own time zone.';
comment on column outreach.linkedin_account_sending_windows.weekday is
'ISO day: 1 is Monday.';
comment on column outreach.linkedin_account_sending_windows.opens is
'Local time of the account, inclusive.';
comment on column outreach.linkedin_account_sending_windows.closes is
'Local time of the account, exclusive.';

create table outreach.linkedin_account_holds (
    workspace_id bigint not null,
    account_id bigint not null,
    action text not null,
    held_until timestamptz not null,
    reason text not null,
    created_at timestamptz not null default now(),
    constraint linkedin_account_holds_pkey
    primary key (workspace_id, account_id, action),
    constraint linkedin_account_holds_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id)
);

comment on table outreach.linkedin_account_holds is
'An action that an account leaves alone until a moment, usually because the provider '
'asked for it. send_invite_with_note holds the invites that have a note, and no other.';

create table outreach.provider_accounts (
    linkedin_identity text not null,
    provider_account_id text not null,
    workspace_id bigint not null,
    account_id bigint not null,
    linked_at timestamptz not null default now(),
    constraint provider_accounts_pkey primary key (linkedin_identity),
    constraint a_provider_account_is_linked_once unique (provider_account_id),
    constraint an_account_has_one_identity unique (workspace_id, account_id)
);

comment on table outreach.provider_accounts is
'Which LinkedIn identity belongs to which account. It is global: a webhook finds its '
'workspace here, and no person has two sets of limits. The trigger '
'provider_accounts_name_an_account keeps the reference to linkedin_accounts, because '
'a table that is the same on every node of a cluster cannot reference one that is '
'spread by workspace.';
comment on column outreach.provider_accounts.provider_account_id is
'The provider''s id. It changes when the account is deleted there and added again.';

create table outreach.provider_account_links (
    workspace_id bigint not null,
    link_id bigint generated always as identity,
    account_id bigint not null,
    linkedin_identity text not null,
    from_provider_account_id text,
    to_provider_account_id text not null,
    actor text not null,
    reason text not null,
    linked_at timestamptz not null,
    constraint provider_account_links_pkey primary key (workspace_id, link_id),
    constraint provider_account_links_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint a_link_changes_the_providers_id check (
        from_provider_account_id <> to_provider_account_id
    ),
    constraint a_link_says_who_and_why check (actor <> '' and reason <> '')
);

comment on table outreach.provider_account_links is
'Each provider id that an account has had, since when, and who linked it.';
comment on column outreach.provider_account_links.from_provider_account_id is
'The id before. Null at the first link.';

create index provider_account_links_of_account
on outreach.provider_account_links (workspace_id, account_id, linked_at);

-- A webhook names the id that the account had then: it is found by that id also later.
create index provider_account_links_of_earlier_ids
on outreach.provider_account_links (from_provider_account_id)
where from_provider_account_id is not null;

create table outreach.provider_account_states (
    state_field text not null,
    provider_state text not null,
    status text not null,
    badness integer not null,
    description text not null,
    constraint provider_account_states_pkey primary key (state_field, provider_state),
    constraint a_provider_state_is_a_state_or_an_error check (
        state_field in ('state', 'error')
    ),
    constraint a_provider_state_means_a_known_status check (
        status in (
            'connecting', 'connected', 'disconnected', 'restricted', 'deleted'
        )
    )
);

comment on table outreach.provider_account_states is
'The status that each word of the provider for an account means. The state * is every '
'word that is not listed: it is no proof that the account works. An error that is not '
'listed says nothing about the account.';
comment on column outreach.provider_account_states.state_field is
'The field of the provider''s answer that has the word. state: of one of the '
'account''s sources or of an account_status webhook. error: the type of an error '
'answer about the account.';
comment on column outreach.provider_account_states.badness is
'An account has the status of its worst source: the highest number decides.';

insert into outreach.provider_account_states (
    state_field, provider_state, status, badness, description
)
values
('state', 'OK', 'connected', 0, 'The account works.'),
('state', 'SYNC_SUCCESS', 'connected', 0, 'The first synchronization is over.'),
('state', 'CREATION_SUCCESS', 'connected', 0, 'The account was just added.'),
('state', 'RECONNECTED', 'connected', 0, 'A person has logged in again.'),
('state', 'CONNECTING', 'connecting', 10, 'A login is under way.'),
('state', '*', 'disconnected', 20, 'A word that is not known here.'),
('state', 'STOPPED', 'disconnected', 21, 'The provider has stopped the account.'),
('state', 'ERROR', 'disconnected', 22, 'The provider cannot reach LinkedIn with it.'),
('state', 'CREDENTIALS', 'disconnected', 23, 'A person must log in again.'),
('state', 'PERMISSIONS', 'restricted', 30, 'The account lacks a permission.'),
('state', 'DELETED', 'deleted', 40, 'The account is gone from the provider.'),
('error', 'disconnected_account', 'disconnected', 20, 'The account is logged out.'),
('error', 'expired_credentials', 'disconnected', 20, 'A person must log in again.'),
('error', 'invalid_credentials', 'disconnected', 20, 'A person must log in again.'),
('error', 'multiple_sessions', 'disconnected', 20, 'The session was taken over.'),
('error', 'wrong_account', 'disconnected', 20, 'Another person has logged in.'),
('error', 'checkpoint_error', 'disconnected', 20, 'LinkedIn asks for a code.'),
('error', 'account_restricted', 'restricted', 30, 'LinkedIn restricts the account.'),
('error', 'resource_not_found', 'deleted', 40, 'The provider has no such account.');

create table outreach.hosted_auth_links (
    workspace_id bigint not null,
    link_id bigint generated always as identity,
    token_sha256 text not null,
    account_id bigint,
    timezone text,
    requested_by text not null,
    requested_at timestamptz not null,
    expires_at timestamptz not null,
    notified_at timestamptz,
    notified_status text,
    provider_account_id text,
    finished_at timestamptz,
    refusal text,
    constraint hosted_auth_links_pkey primary key (workspace_id, link_id),
    constraint a_hosted_link_has_its_own_token unique (workspace_id, token_sha256),
    constraint hosted_auth_links_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint hosted_auth_links_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint a_new_account_lives_in_a_timezone check (
        account_id is not null or timezone is not null
    ),
    constraint a_notice_says_whose_it_is check (
        (notified_at is null) = (provider_account_id is null)
        and (notified_at is null) = (notified_status is null)
    ),
    constraint only_a_noticed_link_is_finished check (
        finished_at is null or notified_at is not null
    ),
    constraint a_refusal_ends_a_link check (
        refusal is null or finished_at is not null
    )
);

comment on table outreach.hosted_auth_links is
'A page of the provider on which a person connects an account. The provider returns '
'only the name that the page was made with. This name is a secret, so the table keeps '
'its hash.';
comment on column outreach.hosted_auth_links.account_id is
'The account to log in again. Null for an account that is new here.';
comment on column outreach.hosted_auth_links.timezone is
'The time zone of a new account. Null for a known account.';
comment on column outreach.hosted_auth_links.notified_at is
'When the provider reported that the person has logged in. Null until then.';
comment on column outreach.hosted_auth_links.notified_status is
'What the provider said about the login.';
comment on column outreach.hosted_auth_links.finished_at is
'When the account was linked or the login was refused.';
comment on column outreach.hosted_auth_links.refusal is
'Why the login was refused. Null otherwise.';

create index hosted_auth_links_to_finish
on outreach.hosted_auth_links (workspace_id, link_id)
where notified_at is not null and finished_at is null;
