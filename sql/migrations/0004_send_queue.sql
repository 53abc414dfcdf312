-- The queue of sends, and the rows that its functions give to workers.

-- A live job is one that may still send. The predicate of an index depends on this
-- list, so it changes by a migration that builds the index anew. The body is parsed
-- here, so that no search_path changes its meaning, and Postgres inlines it into every
-- query.
create function outreach.is_live_job(status text)
returns boolean
language sql
immutable
return is_live_job.status in ('queued', 'claimed', 'sending', 'unknown', 'parked');

create table outreach.campaign_send_jobs (
    workspace_id bigint not null,
    job_id bigint generated always as identity,
    enrollment_id bigint not null,
    campaign_id bigint not null,
    step_id bigint not null,
    account_id bigint not null,
    action text not null,
    status text not null default 'queued',
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
            'resolve_profile', 'send_invite', 'send_message', 'send_inmail', 'comment',
            'end_wait', 'withdraw_invite'
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

comment on table outreach.campaign_send_jobs is
'The queue: one job for each action of an enrollment that is to be done or was done.';
comment on column outreach.campaign_send_jobs.run_at is
'The job runs not before this moment. Null while it is parked or over.';
comment on column outreach.campaign_send_jobs.claimed_by is
'The worker that holds the job. Null unless it is claimed or sending.';
comment on column outreach.campaign_send_jobs.lease_expires_at is
'The worker holds the job until this moment.';

create unique index one_live_job_per_enrollment
on outreach.campaign_send_jobs (workspace_id, enrollment_id)
where outreach.is_live_job(status);

-- A step whose person is looked up first has two jobs, one after the other.
create unique index one_completion_per_enrollment_and_step
on outreach.campaign_send_jobs (workspace_id, enrollment_id, step_id, action)
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

create table outreach.send_queue_watermarks (
    workspace_id bigint not null,
    account_id bigint not null,
    list text not null,
    watermark_at timestamptz not null,
    constraint send_queue_watermarks_pkey primary key (workspace_id, account_id, list),
    constraint send_queue_watermarks_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id)
);

comment on table outreach.send_queue_watermarks is
'Where the search in a list of an account''s jobs may start. Without it, a claim '
'reads past every job that was ever done, for as long as a transaction holds back '
'vacuum.';
comment on column outreach.send_queue_watermarks.list is
'An action: its queued jobs by run_at. leased: the claimed and sending jobs by '
'lease_expires_at.';
comment on column outreach.send_queue_watermarks.watermark_at is
'No live job of the list has an earlier time.';

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
    prospect jsonb,
    variant text,
    settings jsonb,
    chat_id text,
    social_id text,
    invitation_id text,
    local_time timestamp,
    is_note_held boolean
);

comment on type outreach.claimed_send_job is
'What outreach.claim_send_jobs() gives to a worker: all that it needs to render the '
'text and call the provider.';

create type outreach.begun_send_attempt as (
    job_id bigint,
    attempt_id bigint,
    refusal text
);

comment on type outreach.begun_send_attempt is
'What outreach.begin_send_attempts() says about each job: the attempt that it began, '
'or why it refused.';
