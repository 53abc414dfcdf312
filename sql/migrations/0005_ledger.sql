-- The ledger of provider calls: each call as it began, and its outcomes. Figures
-- of a day are read from indexes alone, and an index alone answers only for pages that
-- vacuum has seen. By default vacuum comes when a table has grown by a fifth, which
-- takes weeks. It reads new pages only, so the storage parameters below make it come
-- often.

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

comment on table outreach.send_outcome_classes is
'What the outcome of an attempt means for the ledger.';
comment on column outreach.send_outcome_classes.means is
'sent and unknown spend the limit, unsent gives it back.';

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
('decided_unsent', 'unsent', 'Absent in complete reads, or decided by a person.'),
('already_gone', 'unsent', 'The invite is not pending any more, and was not accepted.');

create table outreach.provider_error_classes (
    error_type text not null,
    http_status integer not null,
    outcome text not null,
    hold_for interval,
    cool_for interval,
    may_be_of_notes boolean not null default false,
    constraint provider_error_classes_pkey primary key (error_type, http_status),
    constraint provider_error_classes_outcome_fkey
    foreign key (outcome) references outreach.send_outcome_classes (outcome)
);

comment on table outreach.provider_error_classes is
'The outcome of each error of the provider, found by error type first and by status '
'second.';
comment on column outreach.provider_error_classes.error_type is
'* is the default of its status.';
comment on column outreach.provider_error_classes.http_status is
'0 matches the error type at any status.';
comment on column outreach.provider_error_classes.hold_for is
'How long the account leaves the action alone if the answer has no Retry-After. Null '
'for no hold.';
comment on column outreach.provider_error_classes.cool_for is
'How long the account leaves the person alone if the answer is about the person. Null '
'for no cooldown.';
comment on column outreach.provider_error_classes.may_be_of_notes is
'Whether LinkedIn says so too when only notes are used up. Answered to an invite with '
'a note, it holds invites with a note only.';

-- Every error type of the provider's contract has its row, so that an unmapped type is
-- a new one.
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
('*', 504, 'unknown', null),
('invalid_url', 0, 'content_bad', null),
('unsupported_media_type', 0, 'content_bad', null),
('invalid_checkpoint_solution', 0, 'account_down', null),
('captcha_not_supported', 0, 'account_down', null),
('expired_link', 0, 'account_down', null),
('insufficient_privileges', 0, 'account_down', null),
('insufficient_permissions', 0, 'account_down', null),
('unknown_authentication_context', 0, 'account_down', null),
('action_required', 0, 'account_down', null),
('invalid_account', 0, 'account_down', null),
-- What the account has not paid for concerns one action and no person.
('feature_not_subscribed', 0, 'account_limit', '24 hours'),
('subscription_required', 0, 'account_limit', '24 hours'),
('insufficient_credits', 0, 'account_limit', '24 hours'),
('payment_error', 0, 'account_limit', '24 hours'),
('not_allowed_inmail', 0, 'permanent_prospect', null),
('resource_access_restricted', 0, 'permanent_prospect', null),
('unprocessable_entity', 0, 'permanent_prospect', null),
('action_already_performed', 0, 'permanent_prospect', null),
('invalid_post', 0, 'permanent_prospect', null),
('cant_send_message', 0, 'permanent_prospect', null),
('feature_not_implemented', 0, 'permanent_prospect', null),
('realtime_client_not_initialized', 0, 'retry_safe', null),
('unexpected_error', 0, 'unknown', null),
('provider_error', 0, 'unknown', null),
('authentication_intent_error', 0, 'unknown', null),
('no_channel', 0, 'unknown', null),
('no_handler', 0, 'unknown', null),
('service_unavailable', 0, 'unknown', null),
('proxy_error', 0, 'unknown', null),
('request_timeout', 0, 'unknown', null),
-- A gateway answers these, so it is not known how far the call came.
('*', 408, 'unknown', null),
('*', 413, 'content_bad', null);

-- LinkedIn holds back a person whose invite was withdrawn for three weeks.
insert into outreach.provider_error_classes (
    error_type, http_status, outcome, hold_for, cool_for
)
values
('cannot_resend_yet', 0, 'ambiguous_resend', '24 hours', '21 days');

update outreach.provider_error_classes
set may_be_of_notes = true
where error_type in ('limit_exceeded', 'cannot_resend_within_24hrs', 'limit_too_high');

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
    counted_on date not null,
    provider_account_id text not null,
    recipient_provider_id text,
    request_sha256 text not null,
    validation_stamps text [] not null default '{}',
    has_note boolean not null default false,
    limit_per_day integer,
    limit_per_week integer,
    limit_per_month integer,
    note_limit_per_week integer,
    note_limit_per_month integer,
    limit_outstanding integer,
    minimum_gap interval not null,
    timezone text not null,
    window_weekday smallint,
    window_opens time,
    window_closes time,
    is_found boolean not null default false,
    constraint send_attempts_pkey primary key (workspace_id, attempt_id),
    constraint send_attempts_job_fkey
    foreign key (workspace_id, job_id)
    references outreach.campaign_send_jobs (workspace_id, job_id),
    constraint send_attempts_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint only_what_spends_nothing_has_no_limit check (
        limit_per_day is not null or action = 'withdraw_invite' or is_found
    ),
    constraint only_an_invite_has_a_note check (
        not has_note or action = 'send_invite'
    ),
    constraint only_a_found_attempt_has_no_window check (
        is_found
        or (
            window_weekday is not null
            and window_opens is not null
            and window_closes is not null
        )
    )
)
with (
    autovacuum_vacuum_insert_threshold = 5000,
    autovacuum_vacuum_insert_scale_factor = 0
);

comment on table outreach.send_attempts is
'The ledger: one row for each call of the provider, committed before the call. Rows '
'are never changed.';
comment on column outreach.send_attempts.variant is
'The variant of the template. Null for an action without a template.';
comment on column outreach.send_attempts.counted_on is
'The account''s own calendar day on which the attempt began, or was found.';
comment on column outreach.send_attempts.request_sha256 is
'The sha256 of who writes what to whom, without the chat or post that it is written '
'in.';
comment on column outreach.send_attempts.validation_stamps is
'The stamps of the templates that were rendered.';
comment on column outreach.send_attempts.has_note is
'Whether the invite went out with a note. A step with a note may send without it while '
'the account''s notes are held.';
comment on column outreach.send_attempts.limit_per_day is
'The limits, the gap, the zone and the window that the attempt was judged by. A later '
'change of a limit breaks no rule. Null for an action that spends no limit.';
comment on column outreach.send_attempts.limit_per_week is
'Null if there was no limit per week.';
comment on column outreach.send_attempts.limit_per_month is
'Null if there was no limit per calendar month.';
comment on column outreach.send_attempts.note_limit_per_week is
'Null for an invite without a note, or without such a limit.';
comment on column outreach.send_attempts.note_limit_per_month is
'Null for an invite without a note, or without such a limit.';
comment on column outreach.send_attempts.limit_outstanding is
'Null if there was no limit of outstanding invites.';
comment on column outreach.send_attempts.timezone is
'The account''s time zone when the attempt began.';
comment on column outreach.send_attempts.window_weekday is
'The sending window in which the attempt began: ISO day, 1 is Monday. Null for one '
'that was found.';
comment on column outreach.send_attempts.window_opens is 'Local time of the account.';
comment on column outreach.send_attempts.window_closes is 'Local time of the account.';
comment on column outreach.send_attempts.is_found is
'True where the call was made before a restore, and the backup did not know it. Such an '
'attempt is judged by no limit and no window: it was judged when it began. It counts on '
'the day it was found on.';

-- A limit is judged by the recent attempts of an account: the index alone has the day
-- that each attempt counts on.
create index send_attempts_of_account
on outreach.send_attempts (workspace_id, account_id, action, begun_at)
include (counted_on, has_note);

-- The attempts of a day are counted from the index alone, in the order of its grouping.
create index send_attempts_of_day
on outreach.send_attempts (counted_on, workspace_id, account_id, action);

create index send_attempts_of_job
on outreach.send_attempts (workspace_id, job_id, attempt_id);

create index send_attempts_of_enrollment
on outreach.send_attempts (workspace_id, enrollment_id, step_id);

-- The note of an invite opens a chat: the invite is found by its text.
create index send_attempts_of_invite_texts
on outreach.send_attempts (workspace_id, account_id, request_sha256)
where action = 'send_invite';

create index send_attempts_begun_at
on outreach.send_attempts using brin (begun_at) with (pages_per_range = 16);

create type outreach.rendered_send as (
    job_id bigint,
    variant text,
    request_sha256 text,
    validation_stamps text [],
    has_note boolean,
    provider_account_id text,
    recipient_provider_id text
);

comment on type outreach.rendered_send is
'What a sender passes to outreach.begin_send_attempts() about each claimed job: the text '
'that it rendered, by its hash and the stamps of its templates, and the ids that it calls.';

create type outreach.spent_limit as (
    account_id bigint,
    action text,
    timezone text,
    weekday smallint,
    opens time,
    closes time,
    counted_on date,
    per_day integer,
    per_week integer,
    per_month integer,
    outstanding integer,
    minimum_gap interval,
    newest_at timestamptz,
    week_filled_at timestamptz,
    reached text []
);

comment on type outreach.spent_limit is
'The limits of an account''s action at a moment, as outreach.spent_limits() judges them: '
'the sending window that contains the moment (null outside all windows), the day on which '
'an attempt counts, the limits, and the names of those that are reached.';

create table outreach.send_attempt_outcomes (
    workspace_id bigint not null,
    outcome_id bigint generated always as identity,
    attempt_id bigint not null,
    outcome text not null,
    means text not null,
    decided_by text not null,
    http_status integer,
    error_type text,
    detail text,
    provider_reference text,
    retry_after text,
    latency_ms integer,
    raw_response text,
    raw_response_sha256 text,
    raw_response_emptied_at timestamptz,
    recorded_at timestamptz not null,
    facts jsonb not null default '{}',
    actor text,
    reason text,
    constraint send_attempt_outcomes_pkey primary key (workspace_id, outcome_id),
    constraint send_attempt_outcomes_attempt_fkey
    foreign key (workspace_id, attempt_id)
    references outreach.send_attempts (workspace_id, attempt_id),
    constraint an_outcome_carries_its_meaning
    foreign key (outcome, means)
    references outreach.send_outcome_classes (outcome, means),
    constraint an_outcome_says_who_decided check (
        decided_by in ('answer', 'lease', 'read', 'person')
    ),
    constraint an_emptied_response_keeps_its_hash check (
        (raw_response_emptied_at is null) = (raw_response_sha256 is null)
        and (raw_response_emptied_at is null or raw_response is null)
    ),
    constraint facts_are_an_object check (jsonb_typeof(facts) = 'object'),
    constraint a_persons_decision_says_who_and_why check (
        decided_by <> 'person'
        or (coalesce(actor, '') <> '' and coalesce(reason, '') <> '')
    )
)
with (
    autovacuum_vacuum_insert_threshold = 5000,
    autovacuum_vacuum_insert_scale_factor = 0
);

comment on table outreach.send_attempt_outcomes is
'The outcomes of an attempt. A later row is a later decision. Rows are never changed.';
comment on column outreach.send_attempt_outcomes.means is
'The meaning of the outcome in send_outcome_classes.';
comment on column outreach.send_attempt_outcomes.decided_by is
'Who says so: the provider''s answer, the end of the lease, a read of a list, or a '
'person.';
comment on column outreach.send_attempt_outcomes.provider_reference is
'The id of what the provider made. Null without one.';
comment on column outreach.send_attempt_outcomes.retry_after is
'The Retry-After header of the answer, unchanged.';
comment on column outreach.send_attempt_outcomes.latency_ms is
'Milliseconds from the request to the answer.';
comment on column outreach.send_attempt_outcomes.raw_response is
'The body of the answer. Null without one, and once it is older than its bound.';
comment on column outreach.send_attempt_outcomes.raw_response_sha256 is
'The hash of the body that was emptied. Null until then.';
comment on column outreach.send_attempt_outcomes.facts is
'What the answer says about the person, such as the chat or the profile, as evidence.';
comment on column outreach.send_attempt_outcomes.actor is
'The person who decided. Null unless a person did.';
comment on column outreach.send_attempt_outcomes.reason is
'Why the person is sure. Null unless a person decided.';

create index send_attempt_outcomes_of_attempt
on outreach.send_attempt_outcomes (workspace_id, attempt_id, means);

-- Few calls are known as unsent: this keeps finding them cheap among many sent.
create index send_attempt_outcomes_unsent
on outreach.send_attempt_outcomes (workspace_id, attempt_id)
where means = 'unsent';

-- The calls that became known as unsent on a day are few.
create index send_attempt_outcomes_unsent_recorded_at
on outreach.send_attempt_outcomes (recorded_at) include (workspace_id, attempt_id)
where means = 'unsent';

-- Sends without a proof are few, and are looked for at the provider.
create index send_attempt_outcomes_unproven
on outreach.send_attempt_outcomes (workspace_id, recorded_at)
where outcome = 'sent_unproven';

create index send_attempt_outcomes_recorded_at
on outreach.send_attempt_outcomes using brin (recorded_at) with (pages_per_range = 16);

-- A backup knows nothing of what was sent after it. This row and a small file beside each
-- sender (trueup/postgres/witness.py) show that a database is a copy, or older than the
-- last send.
create table outreach.ledger_identity (
    is_the_only_row boolean not null default true,
    timeline uuid not null,
    system_identifier bigint not null,
    database_oid bigint not null,
    adopted_at timestamptz not null,
    adopted_by text not null,
    constraint ledger_identity_pkey primary key (is_the_only_row),
    constraint a_ledger_has_one_identity check (is_the_only_row)
);

comment on table outreach.ledger_identity is
'Which database this ledger belongs to. Senders refuse to work in any other one.';
comment on column outreach.ledger_identity.timeline is
'Names the senders'' witness files of this ledger. A new one is set when a copy is '
'adopted, and after a restore.';
comment on column outreach.ledger_identity.system_identifier is
'The identifier of the server, by pg_control_system().';
comment on column outreach.ledger_identity.database_oid is
'The oid of the database on that server.';

insert into outreach.ledger_identity (
    timeline, system_identifier, database_oid, adopted_at, adopted_by
)
select
    gen_random_uuid(),
    servers.system_identifier,
    databases.oid::bigint,
    clock_timestamp(),
    current_user
from pg_catalog.pg_control_system() as servers
inner join pg_catalog.pg_database as databases
    on databases.datname = current_database();
