-- The queue of sends, and the ledger of provider calls begun and answered.

create table outreach.campaign_send_jobs (
    workspace_id bigint not null,
    job_id bigint generated always as identity,
    enrollment_id bigint not null,
    campaign_id bigint not null,
    step_id bigint not null,
    account_id bigint not null,
    action text not null,
    status text not null default 'queued',
    -- Not before this moment; null while parked or over.
    run_at timestamptz,
    claimed_by text,
    lease_expires_at timestamptz,
    retry_count integer not null default 0,
    completed_at timestamptz,
    failed_classification text,
    created_at timestamptz not null default now(),
    constraint campaign_send_jobs_pkey primary key (workspace_id, job_id),
    constraint campaign_send_jobs_enrollment_fkey
    foreign key (workspace_id, enrollment_id)
    references outreach.campaign_prospects (workspace_id, enrollment_id),
    constraint campaign_send_jobs_step_fkey
    foreign key (workspace_id, step_id)
    references outreach.campaign_steps (workspace_id, step_id),
    constraint campaign_send_jobs_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint a_job_does_a_known_action check (
        action in (
            'resolve_profile', 'send_invite', 'send_message', 'send_inmail', 'comment'
        )
    ),
    constraint a_job_status_is_known check (
        status in (
            'queued', 'claimed', 'sending', 'completed', 'failed', 'cancelled',
            'unknown', 'parked'
        )
    ),
    constraint a_job_has_a_time_until_it_parks_or_ends check (
        (run_at is not null) = (status in ('queued', 'claimed', 'sending', 'unknown'))
    ),
    constraint a_job_is_leased_while_claimed_or_sending check (
        (lease_expires_at is not null) = (status in ('claimed', 'sending'))
        and (claimed_by is not null) = (status in ('claimed', 'sending'))
    ),
    constraint a_completed_job_says_when check (
        (completed_at is not null) = (status = 'completed')
    ),
    constraint a_failed_job_says_why check (
        status <> 'failed' or failed_classification is not null
    )
);

create unique index one_live_job_per_enrollment
on outreach.campaign_send_jobs (workspace_id, enrollment_id)
where status in ('queued', 'claimed', 'sending', 'unknown', 'parked');

create unique index one_completion_per_enrollment_and_step
on outreach.campaign_send_jobs (workspace_id, enrollment_id, step_id)
where status = 'completed';

create unique index one_sending_job_per_account
on outreach.campaign_send_jobs (workspace_id, account_id)
where status = 'sending';

create index campaign_send_jobs_due
on outreach.campaign_send_jobs (workspace_id, account_id, action, run_at, job_id)
where status = 'queued';

create index campaign_send_jobs_leased
on outreach.campaign_send_jobs (workspace_id, account_id, lease_expires_at)
where status in ('claimed', 'sending');

create index campaign_send_jobs_unknown
on outreach.campaign_send_jobs (workspace_id, account_id)
where status = 'unknown';

create index campaign_send_jobs_completed
on outreach.campaign_send_jobs (workspace_id, account_id, completed_at desc)
where status = 'completed';

-- What an answer, or a later decision, means for the ledger.
create table outreach.send_outcome_classes (
    outcome text not null,
    means text not null,
    description text not null,
    constraint send_outcome_classes_pkey primary key (outcome),
    constraint an_outcome_has_one_meaning unique (outcome, means),
    constraint an_outcome_means_sent_unsent_or_unknown check (
        means in ('sent', 'unsent', 'unknown')
    )
);

insert into outreach.send_outcome_classes (outcome, means, description)
values
('sent_proven', 'sent', 'The provider answered with the id of what it made.'),
('sent_unproven', 'sent', 'The provider said yes without an id.'),
('unknown', 'unknown', 'The call was begun and not answered.'),
('already_connected', 'unsent', 'The person is a connection already.'),
('already_pending', 'unsent', 'An invite to this person is pending already.'),
('account_limit', 'unsent', 'The provider asks this account to slow down.'),
('ambiguous_resend', 'unsent', 'cannot_resend_yet: of the account or of the person.'),
('account_down', 'unsent', 'The account is not connected at the provider.'),
('our_key_bad', 'unsent', 'The provider refuses our own key.'),
('permanent_prospect', 'unsent', 'This person cannot be reached this way.'),
('content_bad', 'unsent', 'The provider refuses the text.'),
('retry_safe', 'unsent', 'Nothing was sent, trying again is safe.'),
('decided_sent', 'sent', 'Found at the provider, or decided by a person.'),
('decided_unsent', 'unsent', 'Absent in complete reads, or decided by a person.');

-- Which class a provider's answer falls into; first by error type, then by status.
create table outreach.provider_error_classes (
    error_type text not null,
    http_status integer not null,
    outcome text not null,
    -- How long a hold lasts where the answer names no Retry-After.
    hold_for interval,
    constraint provider_error_classes_pkey primary key (error_type, http_status),
    constraint provider_error_classes_outcome_fkey
    foreign key (outcome) references outreach.send_outcome_classes (outcome)
);

-- error_type '*' is the default of its status; status 0 matches a type of any status.
insert into outreach.provider_error_classes (
    error_type, http_status, outcome, hold_for
)
values
('invalid_parameters', 0, 'content_bad', null),
('malformed_request', 0, 'content_bad', null),
('content_too_large', 0, 'content_bad', null),
('too_many_characters', 0, 'content_bad', null),
('unescaped_characters', 0, 'content_bad', null),
('missing_parameters', 0, 'content_bad', null),
('invalid_message', 0, 'content_bad', null),
('*', 400, 'content_bad', null),
('missing_credentials', 0, 'our_key_bad', null),
('disconnected_account', 0, 'account_down', null),
('disconnected_feature', 0, 'account_down', null),
('expired_credentials', 0, 'account_down', null),
('invalid_credentials', 0, 'account_down', null),
('invalid_proxy_credentials', 0, 'account_down', null),
('wrong_account', 0, 'account_down', null),
('multiple_sessions', 0, 'account_down', null),
('checkpoint_error', 0, 'account_down', null),
('*', 401, 'account_down', null),
('account_restricted', 0, 'account_down', null),
('session_mismatch', 0, 'account_down', null),
('account_mismatch', 0, 'account_down', null),
('*', 403, 'account_down', null),
('invalid_recipient', 0, 'permanent_prospect', null),
('blocked_recipient', 0, 'permanent_prospect', null),
('user_unreachable', 0, 'permanent_prospect', null),
('cannot_invite_attendee', 0, 'permanent_prospect', null),
('no_connection_with_recipient', 0, 'permanent_prospect', null),
('resource_not_found', 0, 'permanent_prospect', null),
('invalid_resource_identifier', 0, 'permanent_prospect', null),
('*', 404, 'permanent_prospect', null),
('already_connected', 0, 'already_connected', null),
('already_invited_recently', 0, 'already_pending', null),
('limit_exceeded', 0, 'account_limit', '24 hours'),
('connection_limit_reached', 0, 'account_limit', '24 hours'),
('cannot_resend_within_24hrs', 0, 'account_limit', '24 hours'),
('limit_too_high', 0, 'account_limit', '24 hours'),
('cannot_resend_yet', 0, 'ambiguous_resend', '24 hours'),
('*', 415, 'content_bad', null),
('*', 422, 'permanent_prospect', null),
('too_many_requests', 0, 'account_limit', '1 hour'),
('*', 429, 'account_limit', '1 hour'),
('*', 500, 'unknown', null),
('*', 501, 'permanent_prospect', null),
('*', 502, 'unknown', null),
('no_client_session', 503, 'retry_safe', null),
('network_down', 503, 'retry_safe', null),
('*', 503, 'unknown', null),
('*', 504, 'unknown', null);

-- One row per provider call, committed before the call is made.
create table outreach.send_attempts (
    workspace_id bigint not null,
    attempt_id bigint generated always as identity,
    job_id bigint not null,
    enrollment_id bigint not null,
    campaign_id bigint not null,
    step_id bigint not null,
    prospect_id bigint not null,
    account_id bigint not null,
    action text not null,
    variant text,
    worker text not null,
    begun_at timestamptz not null,
    -- The account's own calendar day on which the attempt began.
    counted_on date not null,
    provider_account_id text not null,
    recipient_provider_id text,
    request_sha256 text not null,
    validation_stamps text [] not null default '{}',
    -- What this attempt was judged by; a limit changed later breaks no law.
    limit_per_day integer not null,
    limit_per_week integer,
    limit_outstanding integer,
    minimum_gap interval not null,
    timezone text not null,
    window_weekday smallint not null,
    window_opens time not null,
    window_closes time not null,
    constraint send_attempts_pkey primary key (workspace_id, attempt_id),
    constraint send_attempts_job_fkey
    foreign key (workspace_id, job_id)
    references outreach.campaign_send_jobs (workspace_id, job_id),
    constraint send_attempts_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id)
);

create index send_attempts_spent
on outreach.send_attempts (workspace_id, account_id, action, counted_on);

create index send_attempts_of_account
on outreach.send_attempts (workspace_id, account_id, action, begun_at);

create index send_attempts_of_job
on outreach.send_attempts (workspace_id, job_id, attempt_id);

create index send_attempts_of_enrollment
on outreach.send_attempts (workspace_id, enrollment_id, step_id);

create index send_attempts_counted_on
on outreach.send_attempts using brin (counted_on) with (pages_per_range = 16);

create index send_attempts_begun_at
on outreach.send_attempts using brin (begun_at) with (pages_per_range = 16);

create table outreach.send_attempt_outcomes (
    workspace_id bigint not null,
    outcome_id bigint generated always as identity,
    attempt_id bigint not null,
    outcome text not null,
    means text not null,
    -- Who says so: the provider's answer, the lease's end, a read, a person.
    decided_by text not null,
    http_status integer,
    error_type text,
    detail text,
    provider_reference text,
    retry_after text,
    latency_ms integer,
    raw_response text,
    recorded_at timestamptz not null,
    constraint send_attempt_outcomes_pkey primary key (workspace_id, outcome_id),
    constraint send_attempt_outcomes_attempt_fkey
    foreign key (workspace_id, attempt_id)
    references outreach.send_attempts (workspace_id, attempt_id),
    constraint an_outcome_carries_its_meaning
    foreign key (outcome, means)
    references outreach.send_outcome_classes (outcome, means),
    constraint an_outcome_says_who_decided check (
        decided_by in ('answer', 'lease', 'read', 'person')
    )
);

create index send_attempt_outcomes_of_attempt
on outreach.send_attempt_outcomes (workspace_id, attempt_id, means);

-- Few calls are known unsent: this keeps finding them cheap among many sent.
create index send_attempt_outcomes_unsent
on outreach.send_attempt_outcomes (workspace_id, attempt_id)
where means = 'unsent';

create index send_attempt_outcomes_recorded_at
on outreach.send_attempt_outcomes using brin (recorded_at) with (pages_per_range = 16);

-- What outreach.claim_send_jobs() hands to the worker: all that rendering and
-- calling need.
create type outreach.claimed_send_job as (
    workspace_id bigint,
    job_id bigint,
    enrollment_id bigint,
    account_id bigint,
    step_id bigint,
    action text,
    run_at timestamptz,
    lease_expires_at timestamptz,
    provider_account_id text,
    recipient_provider_id text,
    recipient_public_identifier text,
    has_premium boolean,
    custom_fields text [],
    templates jsonb,
    prospect jsonb
);

-- What outreach.begin_send_attempts() says of each job: begun under an attempt, or
-- refused with the reason.
create type outreach.begun_send_attempt as (
    job_id bigint,
    attempt_id bigint,
    refusal text
);
