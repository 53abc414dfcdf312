-- What is to be sent, to whom, and how far each person has come.

create table outreach.campaigns (
    workspace_id bigint not null,
    campaign_id bigint generated always as identity,
    name text not null,
    status text not null default 'draft',
    -- custom.<name> fields that templates of this campaign may use
    custom_fields text [] not null default '{}',
    created_at timestamptz not null default now(),
    constraint campaigns_pkey primary key (workspace_id, campaign_id),
    constraint campaigns_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint a_campaign_name_is_unique_in_its_workspace unique (workspace_id, name),
    constraint a_campaign_status_is_known check (
        status in ('draft', 'running', 'paused', 'finished')
    )
);

create table outreach.campaign_steps (
    workspace_id bigint not null,
    step_id bigint generated always as identity,
    campaign_id bigint not null,
    -- Order only: a step is known by its id, and keeps it when others move.
    position integer not null,
    action text not null,
    -- Time to let pass after the step before it.
    delay interval not null default '0',
    constraint campaign_steps_pkey primary key (workspace_id, step_id),
    constraint campaign_steps_campaign_fkey
    foreign key (workspace_id, campaign_id)
    references outreach.campaigns (workspace_id, campaign_id),
    constraint a_position_holds_one_step
    unique (workspace_id, campaign_id, position) deferrable initially deferred,
    constraint a_step_does_a_known_action check (
        action in (
            'resolve_profile', 'send_invite', 'wait_accept', 'wait', 'send_message',
            'send_inmail', 'comment'
        )
    ),
    constraint a_delay_is_not_negative check (delay >= '0'),
    constraint positions_count_from_0 check (position >= 0)
);

create table outreach.campaign_step_templates (
    workspace_id bigint not null,
    step_id bigint not null,
    variant text not null default 'A',
    field text not null,
    template text not null,
    -- The validator's stamp over exactly this text and its field list.
    validation_stamp text not null,
    validated_at timestamptz not null,
    constraint campaign_step_templates_pkey
    primary key (workspace_id, step_id, variant, field),
    constraint campaign_step_templates_step_fkey
    foreign key (workspace_id, step_id)
    references outreach.campaign_steps (workspace_id, step_id),
    constraint a_template_fills_a_known_field check (
        field in ('note', 'message', 'subject', 'body', 'comment')
    )
);

create table outreach.prospects (
    workspace_id bigint not null,
    prospect_id bigint generated always as identity,
    -- LinkedIn's ACoAA… id, null until a profile look-up resolved it.
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

-- An enrollment: one prospect in one campaign, contacted by one account.
create table outreach.campaign_prospects (
    workspace_id bigint not null,
    enrollment_id bigint generated always as identity,
    campaign_id bigint not null,
    prospect_id bigint not null,
    account_id bigint not null,
    linkedin_status text not null default 'ready_to_invite',
    status_seq bigint not null default 0,
    current_step_id bigint,
    -- Not before this moment; equal to the live job's run_at, null without one.
    next_action_at timestamptz,
    linkedin_invited_at timestamptz,
    linkedin_accepted_at timestamptz,
    failed_classification text,
    template_error jsonb,
    created_at timestamptz not null default now(),
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
    )
);

create index campaign_prospects_outstanding
on outreach.campaign_prospects (workspace_id, account_id)
where
    linkedin_accepted_at is null
    and (linkedin_invited_at is not null or linkedin_status = 'pending_accept');

create index campaign_prospects_by_prospect
on outreach.campaign_prospects (workspace_id, prospect_id);

create index campaign_prospects_by_status
on outreach.campaign_prospects (workspace_id, linkedin_status, next_action_at);
