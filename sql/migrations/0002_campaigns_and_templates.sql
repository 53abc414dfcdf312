-- What is to be sent: campaigns, their steps, and the texts of the steps.

create table outreach.campaigns (
    workspace_id bigint not null,
    campaign_id bigint generated always as identity,
    name text not null,
    status text not null default 'draft',
    custom_fields text [] not null default '{}',
    created_at timestamptz not null default now(),
    settings jsonb not null default '{}',
    constraint campaigns_pkey primary key (workspace_id, campaign_id),
    constraint campaigns_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint a_campaign_name_is_unique_in_its_workspace unique (workspace_id, name),
    constraint a_campaign_status_is_known check (
        status in ('draft', 'running', 'paused', 'finished')
    ),
    constraint campaign_settings_are_an_object check (
        jsonb_typeof(settings) = 'object'
    )
);

comment on table outreach.campaigns is 'A sequence of steps for a list of people.';
comment on column outreach.campaigns.custom_fields is
'The custom.<name> fields that the templates of the campaign may use.';
comment on column outreach.campaigns.settings is
'What the campaign file says beside its steps, such as whether a reply ends the '
'sequence.';

create table outreach.campaign_accounts (
    workspace_id bigint not null,
    campaign_id bigint not null,
    account_id bigint not null,
    constraint campaign_accounts_pkey
    primary key (workspace_id, campaign_id, account_id),
    constraint campaign_accounts_campaign_fkey
    foreign key (workspace_id, campaign_id)
    references outreach.campaigns (workspace_id, campaign_id),
    constraint campaign_accounts_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id)
);

comment on table outreach.campaign_accounts is
'The accounts that a campaign may send from.';

create table outreach.campaign_steps (
    workspace_id bigint not null,
    step_id bigint generated always as identity,
    campaign_id bigint not null,
    position integer not null,
    action text not null,
    delay interval not null default '0',
    step_key text,
    settings jsonb not null default '{}',
    removed_at timestamptz,
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
    constraint step_settings_are_an_object check (jsonb_typeof(settings) = 'object'),
    constraint a_step_key_is_not_empty check (step_key <> ''),
    constraint positions_count_from_0_until_a_step_is_removed check (
        (position >= 0) = (removed_at is null)
    )
);

comment on table outreach.campaign_steps is
'One step of a campaign. A step is known by its id and keeps it when other steps '
'move.';
comment on column outreach.campaign_steps.position is
'The order of the steps, from 0. It is below 0 on a removed step, where no enrollment '
'advances to.';
comment on column outreach.campaign_steps.delay is
'The time to wait after the step before.';
comment on column outreach.campaign_steps.step_key is
'The id of the step in the campaign file. Null if it has none there.';
comment on column outreach.campaign_steps.settings is
'Time-outs, weights of variants and other settings of the campaign file.';
comment on column outreach.campaign_steps.removed_at is
'When the step left the campaign file. Its row stays for what was sent by it.';

create unique index a_key_names_one_step
on outreach.campaign_steps (workspace_id, campaign_id, step_key)
where removed_at is null;

create table outreach.campaign_step_templates (
    workspace_id bigint not null,
    step_id bigint not null,
    variant text not null default 'A',
    field text not null,
    template text not null,
    validation_stamp text not null,
    validated_at timestamptz not null,
    fields text [] not null default array[
        'company', 'email', 'firstName', 'fullName', 'industry', 'jobTitle', 'lastName',
        'location', 'senderFirstName', 'senderLastName'
    ],
    custom_fields text [] not null default '{}',
    constraint campaign_step_templates_pkey
    primary key (workspace_id, step_id, variant, field),
    constraint campaign_step_templates_step_fkey
    foreign key (workspace_id, step_id)
    references outreach.campaign_steps (workspace_id, step_id),
    constraint a_template_fills_a_known_field check (
        field in ('note', 'message', 'subject', 'body', 'comment')
    )
);

comment on table outreach.campaign_step_templates is
'The text of one field of a step, for one variant.';
comment on column outreach.campaign_step_templates.validation_stamp is
'The validator''s stamp over exactly this text and its field lists.';
comment on column outreach.campaign_step_templates.fields is
'The names that the text was validated with. The stamp covers them.';
comment on column outreach.campaign_step_templates.custom_fields is
'The custom names that the text was validated with, without the prefix custom.';

create table outreach.validated_texts (
    workspace_id bigint not null,
    validation_stamp text not null,
    validated_at timestamptz not null,
    constraint validated_texts_pkey primary key (workspace_id, validation_stamp),
    constraint validated_texts_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id)
);

comment on table outreach.validated_texts is
'The stamps of texts that the validator accepted. Only the role validator writes it. A '
'template is saved only with a stamp from here, because anybody can compute a stamp.';
comment on column outreach.validated_texts.validation_stamp is
'The stamp of a text and its field lists; see outreach.template_stamp().';
comment on column outreach.validated_texts.validated_at is
'When the validator first accepted the text for this workspace.';

create table outreach.template_validations (
    workspace_id bigint not null,
    step_id bigint not null,
    variant text not null,
    field text not null,
    validation_stamp text not null,
    is_valid boolean not null,
    errors jsonb not null default '[]',
    validated_at timestamptz not null,
    constraint template_validations_pkey
    primary key (workspace_id, step_id, variant, field)
);

comment on table outreach.template_validations is
'What the validator says today about each saved template, for dbt, which cannot run '
'Liquid.';
comment on column outreach.template_validations.validation_stamp is
'The stamp that the validator computes today.';
