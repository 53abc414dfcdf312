-- Accounts as the provider knows them: what its words mean, which of its ids is whose,
-- the pages on which people connect, and who is told of events.

-- The provider's words for an account, mapped to ours.
create table outreach.provider_account_states (
    -- state: of one of the account's sources, or in an account_status webhook.
    -- error: the type of the answer to a question about the account.
    told_as text not null,
    provider_state text not null,
    status text not null,
    -- An account is as well as the worst of its sources: the highest rules.
    badness integer not null,
    description text not null,
    constraint provider_account_states_pkey primary key (told_as, provider_state),
    constraint a_provider_state_is_told_as_state_or_error check (
        told_as in ('state', 'error')
    ),
    constraint a_provider_state_means_a_known_status check (
        status in (
            'connecting', 'connected', 'disconnected', 'restricted', 'deleted'
        )
    )
);

-- The state '*' is every word that is not listed: no proof that the account works.
-- An error that is not listed says nothing about the account.
insert into outreach.provider_account_states (
    told_as, provider_state, status, badness, description
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
('error', 'wrong_account', 'disconnected', 20, 'Somebody else has logged in.'),
('error', 'checkpoint_error', 'disconnected', 20, 'LinkedIn asks for a code.'),
('error', 'account_restricted', 'restricted', 30, 'LinkedIn restricts the account.'),
('error', 'resource_not_found', 'deleted', 40, 'The provider has no such account.');

-- Which of the provider's ids an account has had, since when, and who linked it.
create table outreach.provider_account_links (
    workspace_id bigint not null,
    link_id bigint generated always as identity,
    account_id bigint not null,
    linkedin_identity text not null,
    -- Null at the first link.
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

create index provider_account_links_of_account
on outreach.provider_account_links (workspace_id, account_id, linked_at);

-- A page of the provider's on which a person connects an account. What comes back is
-- only the name that it was made with: that is a secret, and only its hash is kept.
create table outreach.hosted_auth_links (
    workspace_id bigint not null,
    link_id bigint generated always as identity,
    token_sha256 text not null,
    -- The account to log in again; null for one that is new here.
    account_id bigint,
    -- Where a new account lives.
    timezone text,
    requested_by text not null,
    requested_at timestamptz not null,
    expires_at timestamptz not null,
    -- What the provider said once the person had logged in.
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

create index hosted_auth_links_to_finish
on outreach.hosted_auth_links (workspace_id, link_id)
where notified_at is not null and finished_at is null;

-- Walks of the provider's lists that belong to no single account of ours. Global, as
-- the lists are. Absence is evidence only in a complete walk.
create table outreach.provider_wide_reads (
    read_id bigint generated always as identity,
    provider_dsn text not null,
    list text not null,
    -- Of webhooks: the address at which we are told.
    subject text,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    is_complete boolean not null,
    page_count integer not null,
    -- Of the whole list; items hold what is ours, without secrets.
    item_count integer not null,
    stopped_by text,
    items jsonb not null default '[]',
    constraint provider_wide_reads_pkey primary key (read_id),
    constraint a_provider_wide_list_is_known check (list in ('accounts', 'webhooks')),
    constraint an_incomplete_wide_read_says_why check (
        is_complete or stopped_by is not null
    )
);

create index provider_wide_reads_of_list
on outreach.provider_wide_reads (provider_dsn, list, started_at);

-- The provider's event names, which of our wanted events each stands for, and the
-- source that tells it: a listed subscription shows events and no source.
create table outreach.provider_webhook_events (
    event text not null,
    wanted_event text not null,
    source text not null,
    constraint provider_webhook_events_pkey primary key (event)
);

-- An account's status is one source without a choice: any of its events is all.
insert into outreach.provider_webhook_events (event, wanted_event, source)
values
('new_relation', 'new_relation', 'users'),
('message_received', 'message_received', 'messaging'),
('creation_success', 'account_status', 'account_status'),
('reconnected', 'account_status', 'account_status'),
('sync_success', 'account_status', 'account_status'),
('ok', 'account_status', 'account_status'),
('error', 'account_status', 'account_status'),
('stopped', 'account_status', 'account_status'),
('credentials', 'account_status', 'account_status'),
('permissions', 'account_status', 'account_status'),
('connecting', 'account_status', 'account_status'),
('deleted', 'account_status', 'account_status');

-- Each subscription that the audit registered or deleted, or tried to.
create table outreach.webhook_repairs (
    repair_id bigint generated always as identity,
    provider_dsn text not null,
    request_url text not null,
    read_id bigint not null,
    repair text not null,
    -- Null where a registration failed.
    webhook_id text,
    wanted_event text,
    reason text not null,
    is_done boolean not null,
    answer text,
    actor text not null,
    repaired_at timestamptz not null,
    constraint webhook_repairs_pkey primary key (repair_id),
    constraint webhook_repairs_read_fkey
    foreign key (read_id) references outreach.provider_wide_reads (read_id),
    constraint a_repair_registers_or_deletes check (
        repair in ('registered', 'deleted')
    ),
    constraint a_repair_names_what_it_made_or_took check (
        webhook_id is not null or not is_done
    ),
    constraint a_failed_repair_says_why check (is_done or answer is not null)
);

grant select on
outreach.provider_account_states,
outreach.provider_account_links,
outreach.provider_wide_reads,
outreach.provider_webhook_events,
outreach.webhook_repairs
to sender, operator;

grant select on outreach.hosted_auth_links to operator;

grant insert on
outreach.provider_account_links,
outreach.provider_wide_reads,
outreach.webhook_repairs
to sender, operator;

grant insert, update on outreach.hosted_auth_links to operator;
