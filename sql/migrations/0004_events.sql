-- What happened to enrollments, and what the provider told us. Append-only.

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
    -- A send's attempt and the account's own day on which that began.
    attempt_id bigint,
    action text,
    counted_on date,
    -- Set together on the event that explains a flip of linkedin_status.
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
            'already_pending', 'completed'
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
);

create unique index a_flip_has_one_event
on outreach.campaign_events (workspace_id, enrollment_id, status_seq)
where status_seq is not null;

create unique index an_attempt_is_sent_once
on outreach.campaign_events (workspace_id, attempt_id)
where counted_on is not null;

create index campaign_events_of_account_and_day
on outreach.campaign_events (workspace_id, account_id, counted_on)
where counted_on is not null;

create index campaign_events_of_enrollment
on outreach.campaign_events (workspace_id, enrollment_id, event_type);

create index campaign_events_occurred_at
on outreach.campaign_events using brin (occurred_at) with (pages_per_range = 16);

create index campaign_events_counted_on
on outreach.campaign_events using brin (counted_on) with (pages_per_range = 16);

create table outreach.linkedin_events (
    workspace_id bigint not null,
    event_id bigint generated always as identity,
    account_id bigint not null,
    event_type text not null,
    -- The provider's own time where it gives one.
    occurred_at timestamptz,
    received_at timestamptz not null,
    received_via text not null,
    -- The same happening told twice, by whatever way, has the same key.
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

create index linkedin_events_of_account
on outreach.linkedin_events (workspace_id, account_id, received_at);

create index linkedin_events_received_at
on outreach.linkedin_events using brin (received_at) with (pages_per_range = 16);

-- Each walk of a provider's list. Absence is evidence only in a complete one.
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
    items jsonb not null default '[]',
    constraint provider_reads_pkey primary key (workspace_id, read_id),
    constraint provider_reads_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint an_incomplete_read_says_why check (
        is_complete or stopped_by is not null
    )
);

create index provider_reads_of_account
on outreach.provider_reads (workspace_id, account_id, list, started_at);
