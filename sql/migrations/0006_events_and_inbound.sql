-- Events of enrollments, reports of the provider, and what was read from its
-- lists.

create table outreach.campaign_events (
    workspace_id bigint not null,
    event_id bigint generated always as identity,
    enrollment_id bigint not null,
    campaign_id bigint not null,
    step_id bigint,
    prospect_id bigint not null,
    account_id bigint not null,
    event_type text not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    attempt_id bigint,
    action text,
    counted_on date,
    status_seq bigint,
    from_status text,
    to_status text,
    actor text not null,
    details jsonb not null default '{}',
    constraint campaign_events_pkey primary key (workspace_id, event_id),
    constraint campaign_events_enrollment_fkey
    foreign key (workspace_id, enrollment_id)
    references outreach.campaign_prospects (workspace_id, enrollment_id),
    constraint campaign_events_attempt_fkey
    foreign key (workspace_id, attempt_id)
    references outreach.send_attempts (workspace_id, attempt_id),
    constraint an_event_type_is_known check (
        event_type in (
            'enrolled', 'profile_resolved', 'invite_sent', 'message_sent',
            'inmail_sent', 'comment_posted', 'invite_accepted', 'accept_reverted',
            'reply_received', 'invite_withdrawn', 'template_parked',
            'template_rearmed', 'rescheduled', 'advanced', 'send_failed',
            'send_cancelled', 'send_unknown', 'send_retried', 'already_connected',
            'already_pending', 'completed', 'send_unproven', 'wait_ended',
            'invite_gone'
        )
    ),
    constraint a_send_says_its_action_and_day check (
        (
            event_type in (
                'invite_sent', 'message_sent', 'inmail_sent', 'comment_posted',
                'profile_resolved'
            )
        ) = (counted_on is not null)
        and (counted_on is null) = (action is null)
    ),
    constraint a_flip_says_its_statuses check (
        (status_seq is null) = (to_status is null)
        and (from_status is null) = (coalesce(status_seq, 0) = 0)
    )
)
with (
    autovacuum_vacuum_insert_threshold = 5000,
    autovacuum_vacuum_insert_scale_factor = 0
);

comment on table outreach.campaign_events is
'What happened to enrollments. Rows are never changed.';
comment on column outreach.campaign_events.occurred_at is 'When it happened.';
comment on column outreach.campaign_events.recorded_at is 'When the row was written.';
comment on column outreach.campaign_events.attempt_id is
'The attempt that made the event. Null if none did.';
comment on column outreach.campaign_events.action is
'The action of a send. Null unless the event counts against a limit.';
comment on column outreach.campaign_events.counted_on is
'The account''s own calendar day on which the attempt of the send began. Null unless '
'the event is a send.';
comment on column outreach.campaign_events.status_seq is
'The number of the status change that the event explains. Null if it explains none.';
comment on column outreach.campaign_events.from_status is
'The enrollment''s status before. Null at the enrollment.';
comment on column outreach.campaign_events.to_status is
'The enrollment''s status after. Null if the event explains no status change.';

create unique index a_flip_has_one_event
on outreach.campaign_events (workspace_id, enrollment_id, status_seq)
where status_seq is not null;

create unique index an_attempt_is_sent_once
on outreach.campaign_events (workspace_id, attempt_id)
where counted_on is not null;

-- Few replies ask not to be contacted any more.
create index campaign_events_opt_outs
on outreach.campaign_events (workspace_id, prospect_id)
where event_type = 'reply_received' and details ->> 'opt_out_phrase' is not null;

-- A message is one reply of an enrollment, however often it is reported.
create unique index a_message_is_one_reply
on outreach.campaign_events (
    workspace_id, enrollment_id, (details ->> 'linkedin_event_id')
)
where event_type = 'reply_received';

create index campaign_events_of_account_and_day
on outreach.campaign_events (workspace_id, account_id, counted_on)
where counted_on is not null;

-- The sends of a day are counted from the index alone, in the order of its grouping.
create index campaign_events_of_day
on outreach.campaign_events (counted_on, workspace_id, account_id, action)
where counted_on is not null;

create index campaign_events_of_enrollment
on outreach.campaign_events (workspace_id, enrollment_id, event_type);

-- Few invites are withdrawn by hand or expire: this keeps the count of pending ones cheap.
create unique index an_invite_is_gone_once
on outreach.campaign_events (
    workspace_id, enrollment_id, (details ->> 'invite_event_id')
)
where event_type = 'invite_gone';

create index campaign_events_occurred_at
on outreach.campaign_events using brin (occurred_at) with (pages_per_range = 16);

create table outreach.linkedin_events (
    workspace_id bigint not null,
    event_id bigint generated always as identity,
    account_id bigint not null,
    event_type text not null,
    occurred_at timestamptz,
    received_at timestamptz not null,
    received_via text not null,
    dedupe_key text not null,
    provider_id text,
    public_identifier text,
    provider_reference text,
    payload jsonb not null,
    constraint linkedin_events_pkey primary key (workspace_id, event_id),
    constraint linkedin_events_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint an_event_is_told_once unique (workspace_id, dedupe_key),
    constraint an_event_came_by_webhook_poll_or_replay check (
        received_via in ('webhook', 'poll', 'replay')
    )
);

comment on table outreach.linkedin_events is
'What the provider reported about an account, each event once. Rows are never '
'changed.';
comment on column outreach.linkedin_events.occurred_at is
'The provider''s own time. Null where it gives none.';
comment on column outreach.linkedin_events.received_at is
'When the report arrived here.';
comment on column outreach.linkedin_events.dedupe_key is
'The same event has the same key, whichever way it is reported.';
comment on column outreach.linkedin_events.provider_id is
'The LinkedIn id of the person that it is about.';

create index linkedin_events_of_account
on outreach.linkedin_events (workspace_id, account_id, received_at);

create index linkedin_events_of_person
on outreach.linkedin_events (workspace_id, provider_id, event_type);

create index linkedin_events_received_at
on outreach.linkedin_events using brin (received_at) with (pages_per_range = 16);

create table outreach.linkedin_webhook_deliveries (
    delivery_id bigint generated always as identity,
    received_at timestamptz not null,
    received_minute bigint not null,
    body_sha256 text not null,
    content_type text,
    body bytea,
    body_emptied_at timestamptz,
    constraint linkedin_webhook_deliveries_pkey primary key (delivery_id),
    constraint only_an_emptied_body_is_gone check (
        (body is null) = (body_emptied_at is not null)
    ),
    constraint a_delivery_is_kept_once_a_minute
    unique (body_sha256, received_minute)
);

comment on table outreach.linkedin_webhook_deliveries is
'Webhooks as they were received. The table is global, because the workspace is known '
'only once the body is read.';
comment on column outreach.linkedin_webhook_deliveries.body is
'The body, unchanged. Null once it is older than its bound; body_sha256 stays.';
comment on column outreach.linkedin_webhook_deliveries.received_minute is
'Minutes since 1970. The same body twice in a minute is one delivery that was sent '
'twice.';

create index linkedin_webhook_deliveries_received_at
on outreach.linkedin_webhook_deliveries using brin (received_at)
with (pages_per_range = 16);

create table outreach.linkedin_webhook_inbox (
    delivery_id bigint not null,
    quarantine_reason text,
    provider_account_id text,
    quarantined_at timestamptz,
    constraint linkedin_webhook_inbox_pkey primary key (delivery_id),
    constraint linkedin_webhook_inbox_delivery_fkey
    foreign key (delivery_id)
    references outreach.linkedin_webhook_deliveries (delivery_id),
    constraint what_is_quarantined_says_why_and_when check (
        (quarantine_reason is null) = (quarantined_at is null)
    )
);

comment on table outreach.linkedin_webhook_inbox is
'Deliveries that are to be read, and those that were set aside. A row is deleted when '
'its delivery became an event.';
comment on column outreach.linkedin_webhook_inbox.quarantine_reason is
'Why the delivery was set aside. Null while it is to be read.';
comment on column outreach.linkedin_webhook_inbox.provider_account_id is
'The account that the delivery names. It is read again when that account becomes '
'known.';

create index linkedin_webhook_inbox_unread
on outreach.linkedin_webhook_inbox (delivery_id)
where quarantine_reason is null;

create index linkedin_webhook_inbox_of_unknown_accounts
on outreach.linkedin_webhook_inbox (provider_account_id)
where quarantine_reason = 'unknown account';

create table outreach.accept_signals (
    workspace_id bigint not null,
    signal_id bigint generated always as identity,
    account_id bigint not null,
    person text not null,
    provider_id text,
    public_identifier text,
    signal text not null,
    happened_at timestamptz,
    observed_at timestamptz not null,
    evidence jsonb not null,
    constraint accept_signals_pkey primary key (workspace_id, signal_id),
    constraint accept_signals_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint an_accept_signal_is_known check (
        signal in ('webhook', 'relation', 'invitation_gone', 'note_in_chat')
    ),
    constraint a_signal_is_told_once
    unique nulls not distinct (
        workspace_id, account_id, person, signal, happened_at, observed_at
    )
);

comment on table outreach.accept_signals is
'Each independent sign that a person and an account became connected.';
comment on column outreach.accept_signals.person is
'LinkedIn''s id of the person, or the public identifier where no id was reported.';
comment on column outreach.accept_signals.happened_at is
'The provider''s own date. Null where it gives none.';
comment on column outreach.accept_signals.observed_at is
'When the signal was observed here.';
comment on column outreach.accept_signals.evidence is
'The delivery, read or attempt that the signal rests on.';

create index accept_signals_observed_at
on outreach.accept_signals (workspace_id, observed_at);

create table outreach.accept_credits (
    workspace_id bigint not null,
    credit_id bigint generated always as identity,
    account_id bigint not null,
    person text not null,
    enrollment_id bigint,
    invite_event_id bigint,
    is_credited boolean not null,
    reason text,
    accepted_after timestamptz,
    accepted_before timestamptz not null,
    accepted_at timestamptz not null,
    signals text [] not null,
    actor text not null,
    decided_at timestamptz not null,
    constraint accept_credits_pkey primary key (workspace_id, credit_id),
    constraint accept_credits_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint accept_credits_enrollment_fkey
    foreign key (workspace_id, enrollment_id)
    references outreach.campaign_prospects (workspace_id, enrollment_id),
    constraint a_credit_names_its_enrollment_and_invite check (
        not is_credited
        or (enrollment_id is not null and invite_event_id is not null)
    ),
    constraint an_uncredited_accept_says_why check (is_credited = (reason is null)),
    constraint an_estimate_lies_in_its_interval check (
        accepted_at <= accepted_before
        and (accepted_after is null or accepted_after <= accepted_at)
    )
);

comment on table outreach.accept_credits is
'What was decided about each accept: it is credited to one enrollment, or to none for '
'a reason. The newest row of a person and invite counts. Rows are never changed.';
comment on column outreach.accept_credits.invite_event_id is
'The invite_sent event that the accept answers.';
comment on column outreach.accept_credits.reason is
'Why the accept is not credited. Null if it is credited.';
comment on column outreach.accept_credits.accepted_after is
'The accept did not come before this moment. Null if no invite is known.';
comment on column outreach.accept_credits.accepted_before is
'The accept happened no later than this moment, at which it was known here.';
comment on column outreach.accept_credits.accepted_at is
'The best estimate between the two, and linkedin_accepted_at of the enrollment.';

create index accept_credits_of_person
on outreach.accept_credits (workspace_id, account_id, person, credit_id);

create index accept_credits_of_enrollment
on outreach.accept_credits (workspace_id, enrollment_id, credit_id);

create table outreach.provider_reads (
    workspace_id bigint not null,
    read_id bigint generated always as identity,
    account_id bigint not null,
    list text not null,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    is_complete boolean not null,
    page_count integer not null,
    item_count integer not null,
    stopped_by text,
    items jsonb default '[]',
    subject text,
    items_sha256 text,
    items_emptied_at timestamptz,
    base_read_id bigint,
    gone_positions bigint [],
    constraint provider_reads_pkey primary key (workspace_id, read_id),
    constraint provider_reads_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint provider_reads_base_fkey
    foreign key (workspace_id, base_read_id)
    references outreach.provider_reads (workspace_id, read_id),
    constraint only_a_complete_read_builds_on_another check (
        (base_read_id is null) = (gone_positions is null)
        and (base_read_id is null or is_complete)
    ),
    constraint an_incomplete_read_says_why check (
        is_complete or stopped_by is not null
    ),
    constraint only_emptied_items_are_gone check (
        (items is null) = (items_emptied_at is not null)
        and (items is null) = (items_sha256 is not null)
    )
);

comment on table outreach.provider_reads is
'Each read of a list of the provider for one account. Absence from a list is evidence '
'only in a complete read.';
comment on column outreach.provider_reads.subject is
'What the list belongs to beside the account, such as a chat or a post, or what it '
'was read for. Null for the account''s own list.';
comment on column outreach.provider_reads.stopped_by is
'Why the read is incomplete. Null if it is complete.';
comment on column outreach.provider_reads.items is
'The items of the list, or of a read that builds on another one the items that the '
'other one does not have. outreach.whole_provider_reads has them all.';
comment on column outreach.provider_reads.item_count is
'The number of items of the whole list.';
comment on column outreach.provider_reads.base_read_id is
'The earlier complete read whose items are not stored again. Null for a read that '
'stores its whole list.';
comment on column outreach.provider_reads.gone_positions is
'The places, from 1 on, of the items of the earlier read that this one does not have.';
comment on column outreach.provider_reads.items_emptied_at is
'When the items of an old read were emptied. What was read, when, how much of it, and '
'the hash of the items stay.';

create index provider_reads_of_account
on outreach.provider_reads (workspace_id, account_id, list, started_at);

create index provider_reads_of_base
on outreach.provider_reads (workspace_id, base_read_id)
where base_read_id is not null;

create table outreach.provider_wide_reads (
    read_id bigint generated always as identity,
    provider_dsn text not null,
    list text not null,
    subject text,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    is_complete boolean not null,
    page_count integer not null,
    item_count integer not null,
    stopped_by text,
    items jsonb default '[]',
    items_sha256 text,
    items_emptied_at timestamptz,
    constraint provider_wide_reads_pkey primary key (read_id),
    constraint only_emptied_wide_items_are_gone check (
        (items is null) = (items_emptied_at is not null)
        and (items is null) = (items_sha256 is not null)
    ),
    constraint a_provider_wide_list_is_known check (list in ('accounts', 'webhooks')),
    constraint an_incomplete_wide_read_says_why check (
        is_complete or stopped_by is not null
    )
);

comment on table outreach.provider_wide_reads is
'Each read of a list of the provider that belongs to no single account. The table is '
'global, as the lists are. Absence from a list is evidence only in a complete read.';
comment on column outreach.provider_wide_reads.subject is
'For webhooks, the address at which they are received. Null for accounts.';
comment on column outreach.provider_wide_reads.item_count is
'The length of the whole list.';
comment on column outreach.provider_wide_reads.stopped_by is
'Why the read is incomplete. Null if it is complete.';
comment on column outreach.provider_wide_reads.items is
'The items that are ours, without secrets. Null once they are older than their bound.';

create index provider_wide_reads_of_list
on outreach.provider_wide_reads (provider_dsn, list, started_at);

create table outreach.provider_webhook_events (
    event text not null,
    wanted_event text not null,
    source text not null,
    constraint provider_webhook_events_pkey primary key (event)
);

comment on table outreach.provider_webhook_events is
'The event names of the provider, the wanted event that each means, and the source '
'that reports it. A listed subscription shows its events and not its source.';

-- The source account_status has no choice of events: any of its events means all.
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

create table outreach.webhook_repairs (
    repair_id bigint generated always as identity,
    provider_dsn text not null,
    request_url text not null,
    read_id bigint not null,
    repair text not null,
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

comment on table outreach.webhook_repairs is
'Each webhook subscription that the audit registered or deleted, or tried to.';
comment on column outreach.webhook_repairs.webhook_id is
'The provider''s id of the subscription. Null where a registration failed.';
comment on column outreach.webhook_repairs.answer is
'What the provider answered to a failed repair.';
