-- Conversations with people: answers, which are sent and ledgered like every other send,
-- marks of what a person has read, and how recently the messages of an account were read.

create table outreach.reply_answers (
    workspace_id bigint not null,
    answer_id bigint generated always as identity,
    account_id bigint not null,
    chat_id text not null,
    person text not null,
    prospect_id bigint,
    enrollment_id bigint,
    body text not null,
    asked_by text not null,
    asked_at timestamptz not null,
    is_confirmed boolean not null default false,
    constraint reply_answers_pkey primary key (workspace_id, answer_id),
    constraint reply_answers_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint reply_answers_prospect_fkey
    foreign key (workspace_id, prospect_id)
    references outreach.prospects (workspace_id, prospect_id),
    constraint reply_answers_enrollment_fkey
    foreign key (workspace_id, enrollment_id)
    references outreach.campaign_prospects (workspace_id, enrollment_id),
    constraint an_answer_has_a_chat_and_a_person check (chat_id <> '' and person <> ''),
    constraint an_answer_has_a_text check (btrim(body) <> ''),
    constraint an_answer_says_who_asked_for_it check (asked_by <> '')
);

comment on table outreach.reply_answers is
'What a person asked an account to write into a chat. Each answer has one job of the '
'queue and is sent at most once. Rows are never changed.';
comment on column outreach.reply_answers.chat_id is
'The provider''s id of the chat that it is written into.';
comment on column outreach.reply_answers.person is
'LinkedIn''s id of the person at the other end of the chat.';
comment on column outreach.reply_answers.prospect_id is
'The person here. Null for one who is in no list of people.';
comment on column outreach.reply_answers.enrollment_id is
'The newest enrollment of the person with this account. Null for one who is in no '
'campaign.';
comment on column outreach.reply_answers.body is 'The text as it is sent.';
comment on column outreach.reply_answers.is_confirmed is
'Whether it is sent although the person is marked do-not-contact.';

create index reply_answers_of_person
on outreach.reply_answers (workspace_id, person, account_id);

create table outreach.reply_reads (
    workspace_id bigint not null,
    read_mark_id bigint generated always as identity,
    account_id bigint not null,
    person text not null,
    read_to_event_id bigint not null,
    actor text not null,
    marked_at timestamptz not null,
    constraint reply_reads_pkey primary key (workspace_id, read_mark_id),
    constraint reply_reads_event_fkey
    foreign key (workspace_id, read_to_event_id)
    references outreach.linkedin_events (workspace_id, event_id),
    constraint a_read_mark_says_who_read check (actor <> '')
);

comment on table outreach.reply_reads is
'Who read a conversation, when, and how far. Rows are never changed.';
comment on column outreach.reply_reads.person is
'LinkedIn''s id of the person at the other end.';
comment on column outreach.reply_reads.read_to_event_id is
'The newest message that was read, of outreach.linkedin_events.';

create index reply_reads_of_person
on outreach.reply_reads (workspace_id, account_id, person, read_to_event_id desc);

create table outreach.reply_polls (
    workspace_id bigint not null,
    account_id bigint not null,
    read_within interval not null default '5 minutes',
    read_until timestamptz not null,
    constraint reply_polls_pkey primary key (workspace_id, account_id),
    constraint reply_polls_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint messages_are_read_within_minutes check (
        read_within between interval '1 minute' and interval '1 hour'
    )
);

comment on table outreach.reply_polls is
'The accounts whose messages are polled, because no webhook tells of them. Without a row, '
'webhooks tell of an account''s messages.';
comment on column outreach.reply_polls.read_within is
'A due step waits while the messages were read longer ago than this. They are polled '
'twice as often.';
comment on column outreach.reply_polls.read_until is
'Every message that the provider had at this moment is read, and its reply recorded.';

-- An answer has neither an enrollment nor a step.
alter table outreach.campaign_send_jobs alter column enrollment_id drop not null;
alter table outreach.campaign_send_jobs alter column campaign_id drop not null;
alter table outreach.campaign_send_jobs alter column step_id drop not null;
alter table outreach.campaign_send_jobs add column answer_id bigint;
alter table outreach.campaign_send_jobs
drop constraint a_job_does_a_known_action;
alter table outreach.campaign_send_jobs
add constraint a_job_does_a_known_action check (
    action in (
        'resolve_profile', 'send_invite', 'send_message', 'send_inmail', 'comment',
        'end_wait', 'withdraw_invite', 'answer_reply'
    )
);
alter table outreach.campaign_send_jobs
add constraint a_job_is_of_a_step_or_of_an_answer check (
    case
        when action = 'answer_reply'
            then
                answer_id is not null
                and num_nonnulls(enrollment_id, campaign_id, step_id) = 0
        else
            answer_id is null
            and num_nonnulls(enrollment_id, campaign_id, step_id) = 3
    end
);
alter table outreach.campaign_send_jobs
add constraint campaign_send_jobs_answer_fkey
foreign key (workspace_id, answer_id)
references outreach.reply_answers (workspace_id, answer_id);

comment on column outreach.campaign_send_jobs.answer_id is
'The answer that is to be written. Null for a step of an enrollment.';

create unique index an_answer_has_one_job
on outreach.campaign_send_jobs (workspace_id, answer_id)
where answer_id is not null;

alter table outreach.send_attempts alter column enrollment_id drop not null;
alter table outreach.send_attempts alter column campaign_id drop not null;
alter table outreach.send_attempts alter column step_id drop not null;
alter table outreach.send_attempts alter column prospect_id drop not null;
alter table outreach.send_attempts add column answer_id bigint;
alter table outreach.send_attempts
add constraint an_attempt_is_of_a_step_or_of_an_answer check (
    case
        when answer_id is null
            then num_nonnulls(enrollment_id, campaign_id, step_id, prospect_id) = 4
        else
            action = 'send_message'
            and num_nonnulls(enrollment_id, campaign_id, step_id) = 0
    end
);
alter table outreach.send_attempts
drop constraint only_a_found_attempt_has_no_window;
alter table outreach.send_attempts
add constraint only_a_found_attempt_or_an_answer_has_no_window check (
    is_found
    or answer_id is not null
    or (
        window_weekday is not null
        and window_opens is not null
        and window_closes is not null
    )
);
alter table outreach.send_attempts
add constraint send_attempts_answer_fkey
foreign key (workspace_id, answer_id)
references outreach.reply_answers (workspace_id, answer_id);

comment on column outreach.send_attempts.action is
'What the account did at the provider, which names the limit that it spends. An answer is '
'a message.';
comment on column outreach.send_attempts.answer_id is
'The answer that was written. Null for a step of an enrollment.';
comment on column outreach.send_attempts.window_weekday is
'The sending window in which the attempt began: ISO day, 1 is Monday. Null for one '
'that was found, and for an answer, which goes at any time.';

create index send_attempts_of_answer
on outreach.send_attempts (workspace_id, answer_id)
where answer_id is not null;

-- A conversation is looked up by the person, and the list of replies by time.
create index linkedin_events_of_messages
on outreach.linkedin_events (workspace_id, account_id, provider_id, event_id)
where event_type in ('message_received', 'message_sent');

grant select on
outreach.reply_answers,
outreach.reply_reads,
outreach.reply_polls
to sender, operator;

grant insert on outreach.reply_answers, outreach.reply_reads to operator;
grant insert, update, delete on outreach.reply_polls to sender, operator;
