-- What comes in: webhooks as they were received, signals of accepts, and to whom each
-- accept was credited.

-- Global: whose workspace a webhook is for is known only once it is read.
create table outreach.linkedin_webhook_deliveries (
    delivery_id bigint generated always as identity,
    received_at timestamptz not null,
    -- The same body twice in a minute is one delivery told twice.
    received_minute bigint not null,
    body_sha256 text not null,
    content_type text,
    body bytea not null,
    constraint linkedin_webhook_deliveries_pkey primary key (delivery_id),
    constraint a_delivery_is_kept_once_a_minute
    unique (body_sha256, received_minute)
);

create index linkedin_webhook_deliveries_received_at
on outreach.linkedin_webhook_deliveries using brin (received_at)
with (pages_per_range = 16);

-- Deliveries that are yet to be read, and those that were set aside with the reason.
-- A row goes once its delivery became an event.
create table outreach.linkedin_webhook_inbox (
    delivery_id bigint not null,
    quarantine_reason text,
    -- Whose account it names; one that becomes known is read again.
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

create index linkedin_webhook_inbox_unread
on outreach.linkedin_webhook_inbox (delivery_id)
where quarantine_reason is null;

create index linkedin_webhook_inbox_of_unknown_accounts
on outreach.linkedin_webhook_inbox (provider_account_id)
where quarantine_reason = 'unknown account';

-- Each independent sign that a person and an account became connected.
create table outreach.accept_signals (
    workspace_id bigint not null,
    signal_id bigint generated always as identity,
    account_id bigint not null,
    -- The person: LinkedIn's id, or the public identifier where no id was told.
    person text not null,
    provider_id text,
    public_identifier text,
    signal text not null,
    -- The provider's own date, where it gives one.
    happened_at timestamptz,
    -- When we were told.
    observed_at timestamptz not null,
    -- The delivery, read or attempt that it rests on.
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

create index accept_signals_observed_at
on outreach.accept_signals (workspace_id, observed_at);

-- What was decided of each accept: credited to one enrollment, or to none and why.
-- The newest row of a person and invite stands; a decision is never rewritten.
create table outreach.accept_credits (
    workspace_id bigint not null,
    credit_id bigint generated always as identity,
    account_id bigint not null,
    person text not null,
    enrollment_id bigint,
    -- The invite_sent event that it answers.
    invite_event_id bigint,
    is_credited boolean not null,
    reason text,
    -- The accept lies between these: not before the invite, not after we were told.
    accepted_after timestamptz,
    accepted_before timestamptz not null,
    -- The best estimate inside; linkedin_accepted_at of a credited enrollment.
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

create index accept_credits_of_person
on outreach.accept_credits (workspace_id, account_id, person, credit_id);

create index accept_credits_of_enrollment
on outreach.accept_credits (workspace_id, enrollment_id, credit_id);

-- Finds the invites whose note opens a chat.
create index send_attempts_of_invite_texts
on outreach.send_attempts (workspace_id, account_id, request_sha256)
where action = 'send_invite';

-- A message is one reply of an enrollment, however often it is told.
create unique index a_message_is_one_reply
on outreach.campaign_events (
    workspace_id, enrollment_id, (details ->> 'linkedin_event_id')
)
where event_type = 'reply_received';

create index linkedin_events_of_person
on outreach.linkedin_events (workspace_id, provider_id, event_type);

grant select on
outreach.linkedin_webhook_deliveries,
outreach.linkedin_webhook_inbox,
outreach.accept_signals,
outreach.accept_credits
to sender, operator;

grant insert on
outreach.linkedin_webhook_deliveries,
outreach.linkedin_webhook_inbox,
outreach.accept_signals,
outreach.accept_credits
to sender, operator;

grant update, delete on outreach.linkedin_webhook_inbox to sender, operator;
