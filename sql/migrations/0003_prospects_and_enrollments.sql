-- To whom it is sent, and how far each person has come.

create table outreach.prospects (
    workspace_id bigint not null,
    prospect_id bigint generated always as identity,
    provider_id text,
    public_identifier text,
    first_name text,
    last_name text,
    company text,
    job_title text,
    email text,
    location text,
    industry text,
    custom jsonb not null default '{}',
    do_not_contact_at timestamptz,
    do_not_contact_reason text,
    created_at timestamptz not null default now(),
    constraint prospects_pkey primary key (workspace_id, prospect_id),
    constraint prospects_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint a_person_is_known_once_by_provider_id unique (workspace_id, provider_id),
    constraint a_person_is_known_once_by_public_identifier
    unique (workspace_id, public_identifier),
    constraint a_person_can_be_found check (
        provider_id is not null or public_identifier is not null
    ),
    constraint custom_fields_are_an_object check (jsonb_typeof(custom) = 'object'),
    constraint do_not_contact_has_its_reason check (
        (do_not_contact_at is null) = (do_not_contact_reason is null)
    )
);

comment on table outreach.prospects is 'A person, known once in a workspace.';
comment on column outreach.prospects.provider_id is
'LinkedIn''s id, which starts with ACoAA. Null until a profile look-up resolves it.';
comment on column outreach.prospects.public_identifier is
'The last part of the person''s LinkedIn address.';
comment on column outreach.prospects.custom is
'The values of custom.<name> fields, by name.';
comment on column outreach.prospects.do_not_contact_at is
'From this moment nobody of the workspace contacts the person. Null otherwise.';

create table outreach.do_not_contact_rules (
    workspace_id bigint not null,
    kind text not null,
    value text not null,
    written text not null,
    reason text not null,
    actor text not null,
    created_at timestamptz not null default now(),
    constraint do_not_contact_rules_pkey primary key (workspace_id, kind, value),
    constraint do_not_contact_rules_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint a_do_not_contact_rule_is_of_a_known_kind check (
        kind in ('company', 'email_domain')
    ),
    constraint a_do_not_contact_rule_names_something check (value <> ''),
    constraint a_do_not_contact_rule_says_who_and_why check (
        reason <> '' and actor <> ''
    )
);

comment on table outreach.do_not_contact_rules is
'Companies and email domains whose people are not contacted. A new rule marks the '
'people whom it fits, and an import marks the people whom it brings, so that only the '
'mark of a person decides whether something is sent.';
comment on column outreach.do_not_contact_rules.value is
'What is compared: outreach.company_key() of a company, or a domain in lower case.';
comment on column outreach.do_not_contact_rules.written is
'The company or domain as it was given.';

create table outreach.campaign_prospects (
    workspace_id bigint not null,
    enrollment_id bigint generated always as identity,
    campaign_id bigint not null,
    prospect_id bigint not null,
    account_id bigint not null,
    linkedin_status text not null default 'ready_to_invite',
    status_seq bigint not null default 0,
    current_step_id bigint,
    next_action_at timestamptz,
    linkedin_invited_at timestamptz,
    linkedin_accepted_at timestamptz,
    failed_classification text,
    template_error jsonb,
    created_at timestamptz not null default now(),
    paused_at timestamptz,
    paused_by text,
    paused_reason text,
    constraint campaign_prospects_pkey primary key (workspace_id, enrollment_id),
    constraint campaign_prospects_campaign_fkey
    foreign key (workspace_id, campaign_id)
    references outreach.campaigns (workspace_id, campaign_id),
    constraint campaign_prospects_prospect_fkey
    foreign key (workspace_id, prospect_id)
    references outreach.prospects (workspace_id, prospect_id),
    constraint campaign_prospects_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint campaign_prospects_step_fkey
    foreign key (workspace_id, current_step_id)
    references outreach.campaign_steps (workspace_id, step_id),
    constraint a_prospect_is_enrolled_once_in_a_campaign
    unique (workspace_id, campaign_id, prospect_id),
    constraint an_enrollment_status_is_known check (
        linkedin_status in (
            'ready_to_invite', 'pending_accept', 'ready_to_message', 'completed',
            'pending_template_fix', 'replied', 'failed', 'withdrawn'
        )
    ),
    constraint an_enrollments_pause_says_who_and_why check (
        (paused_at is null) = (paused_by is null)
        and (paused_at is null) = (paused_reason is null)
    )
);

comment on table outreach.campaign_prospects is
'An enrollment: one prospect in one campaign, contacted by one account.';
comment on column outreach.campaign_prospects.status_seq is
'The number of status changes so far. The event of each change has the same number.';
comment on column outreach.campaign_prospects.current_step_id is
'The step that the enrollment is at. Null before its first step.';
comment on column outreach.campaign_prospects.next_action_at is
'The next action begins not before this moment. It equals run_at of the live job, and '
'is null without one.';
comment on column outreach.campaign_prospects.linkedin_accepted_at is
'The best estimate of when the person accepted the invite. Null while no accept is '
'known.';
comment on column outreach.campaign_prospects.failed_classification is
'Why the enrollment failed. Null otherwise.';
comment on column outreach.campaign_prospects.template_error is
'Why the template cannot be rendered for this person. Null otherwise.';
comment on column outreach.campaign_prospects.paused_at is
'Null unless a person paused the enrollment.';

create index campaign_prospects_outstanding
on outreach.campaign_prospects (workspace_id, account_id)
where
    linkedin_accepted_at is null
    and (linkedin_invited_at is not null or linkedin_status = 'pending_accept');

create index campaign_prospects_by_prospect
on outreach.campaign_prospects (workspace_id, prospect_id);

create index campaign_prospects_parked
on outreach.campaign_prospects (workspace_id, campaign_id)
where linkedin_status = 'pending_template_fix';

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

comment on table outreach.enrollment_step_variants is
'The variant of a step that an enrollment gets. It is decided once and stays, '
'whatever the weights become later.';

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

comment on table outreach.linkedin_chats is
'The chat that the first message of an account to a person started. Later messages go '
'there.';

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

comment on table outreach.prospect_cooldowns is
'A person whom an action of an account leaves alone until a moment. Their job stays '
'queued with its time, and a claim passes over it.';

create table outreach.pause_audit (
    workspace_id bigint not null,
    pause_id bigint generated always as identity,
    subject text not null,
    subject_id bigint not null,
    is_paused boolean not null,
    actor text not null,
    reason text not null,
    changed_at timestamptz not null,
    constraint pause_audit_pkey primary key (workspace_id, pause_id),
    constraint pause_audit_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint a_pause_is_of_a_known_subject check (
        subject in ('account', 'campaign', 'enrollment')
    ),
    constraint a_pause_has_a_reason check (reason <> '' and actor <> '')
);

comment on table outreach.pause_audit is
'Each pause and each end of a pause, with who and why.';
comment on column outreach.pause_audit.subject is
'What was paused: an account, a campaign or an enrollment.';
comment on column outreach.pause_audit.subject_id is
'The id of the account, campaign or enrollment.';
