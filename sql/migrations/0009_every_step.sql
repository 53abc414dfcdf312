-- What steps beyond the invite need: look-ups before a send, time-outs of waits, chats
-- and variants that are remembered, people who are left alone for a while.

alter table outreach.campaign_send_jobs
drop constraint a_job_does_a_known_action,
add constraint a_job_does_a_known_action check (
    action in (
        'resolve_profile', 'send_invite', 'send_message', 'send_inmail', 'comment',
        'end_wait', 'withdraw_invite'
    )
);

-- A step whose person has to be looked up first has two jobs, one after the other.
drop index outreach.one_completion_per_enrollment_and_step;

create unique index one_completion_per_enrollment_and_step
on outreach.campaign_send_jobs (workspace_id, enrollment_id, step_id, action)
where status = 'completed';

-- Taking an invite back spends no limit, so it is judged by none.
alter table outreach.send_attempts
alter column limit_per_day drop not null,
add constraint only_what_spends_nothing_has_no_limit check (
    limit_per_day is not null or action = 'withdraw_invite'
);

alter table outreach.send_attempt_outcomes
-- What the answer says of the person: the chat, the profile. Kept as evidence.
add column facts jsonb not null default '{}',
add constraint facts_are_an_object check (jsonb_typeof(facts) = 'object');

alter table outreach.campaign_events
drop constraint an_event_type_is_known,
add constraint an_event_type_is_known check (
    event_type in (
        'enrolled', 'profile_resolved', 'invite_sent', 'message_sent',
        'inmail_sent', 'comment_posted', 'invite_accepted', 'accept_reverted',
        'reply_received', 'invite_withdrawn', 'template_parked',
        'template_rearmed', 'rescheduled', 'advanced', 'send_failed',
        'send_cancelled', 'send_unknown', 'send_retried', 'already_connected',
        'already_pending', 'completed', 'send_unproven', 'wait_ended'
    )
);

-- The chat that an account's first message to a person started; later ones go there.
create table outreach.linkedin_chats (
    workspace_id bigint not null,
    account_id bigint not null,
    prospect_id bigint not null,
    chat_id text not null,
    started_at timestamptz not null,
    constraint linkedin_chats_pkey primary key (workspace_id, account_id, prospect_id),
    constraint linkedin_chats_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint linkedin_chats_prospect_fkey
    foreign key (workspace_id, prospect_id)
    references outreach.prospects (workspace_id, prospect_id),
    constraint a_chat_has_an_id check (chat_id <> '')
);

-- Which wording of a step an enrollment gets: decided once, whatever the weights
-- become later.
create table outreach.enrollment_step_variants (
    workspace_id bigint not null,
    enrollment_id bigint not null,
    step_id bigint not null,
    variant text not null,
    assigned_at timestamptz not null,
    constraint enrollment_step_variants_pkey
    primary key (workspace_id, enrollment_id, step_id),
    constraint enrollment_step_variants_enrollment_fkey
    foreign key (workspace_id, enrollment_id)
    references outreach.campaign_prospects (workspace_id, enrollment_id),
    constraint enrollment_step_variants_step_fkey
    foreign key (workspace_id, step_id)
    references outreach.campaign_steps (workspace_id, step_id)
);

-- A person whom an account's action leaves alone until then. Their job stays queued
-- with its time: a claim passes over it.
create table outreach.prospect_cooldowns (
    workspace_id bigint not null,
    account_id bigint not null,
    prospect_id bigint not null,
    action text not null,
    cooled_until timestamptz not null,
    reason text not null,
    created_at timestamptz not null default clock_timestamp(),
    constraint prospect_cooldowns_pkey
    primary key (workspace_id, account_id, prospect_id, action),
    constraint prospect_cooldowns_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint prospect_cooldowns_prospect_fkey
    foreign key (workspace_id, prospect_id)
    references outreach.prospects (workspace_id, prospect_id)
);

grant select on
outreach.linkedin_chats,
outreach.enrollment_step_variants,
outreach.prospect_cooldowns
to sender, operator;

grant insert, update on
outreach.linkedin_chats,
outreach.enrollment_step_variants,
outreach.prospect_cooldowns
to sender, operator;

grant delete on outreach.linkedin_chats to sender, operator;
grant delete on outreach.prospect_cooldowns to operator;

insert into outreach.send_outcome_classes (outcome, means, description)
values
('already_gone', 'unsent', 'The invite is not pending any more, and nobody accepted.');

-- How long one person is left alone where the answer speaks of them.
alter table outreach.provider_error_classes
add column cool_for interval;

-- LinkedIn holds back a person whose invite was withdrawn for three weeks.
update outreach.provider_error_classes
set cool_for = '21 days'
where error_type = 'cannot_resend_yet';

-- Every type that the contract names has its row, so that only a new one is unmapped.
insert into outreach.provider_error_classes (
    error_type, http_status, outcome, hold_for
)
values
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
-- What the account has not paid for speaks of that one action, of nobody in particular.
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
-- A gateway's own words, of which nobody can tell how far the call came.
('*', 408, 'unknown', null),
('*', 413, 'content_bad', null);

-- What a call needs beyond the invite's: where to write, what to take back.
alter type outreach.claimed_send_job
add attribute variant text,
add attribute settings jsonb,
add attribute chat_id text,
add attribute social_id text,
add attribute invitation_id text;

-- These take more than they did; the same name with fewer arguments must not remain.
drop function if exists outreach.queue_send_job(bigint, bigint, timestamptz);
drop function if exists outreach.refusal_to_send(
    outreach.campaign_send_jobs, text [], timestamptz
);
drop function if exists outreach.classify_provider_answer(
    text, text, integer, text, boolean, text
);
