-- What campaign files bring: a campaign's accounts and settings, steps that are known
-- by a key of the file's own, and the field list under each template's stamp.

alter table outreach.campaigns
-- What the file says beside its steps, such as whether a reply stops the sequence.
add column settings jsonb not null default '{}',
add constraint campaign_settings_are_an_object check (jsonb_typeof(settings) = 'object');

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

alter table outreach.campaign_steps
-- The step's id in the campaign file, if it has one there.
add column step_key text,
-- Time-outs, weights of variants and the like, as the file says them.
add column settings jsonb not null default '{}',
-- A step that left the file keeps its row, for all that was sent by it. Its position
-- is below 0, where no enrollment advances to.
add column removed_at timestamptz,
add constraint step_settings_are_an_object check (jsonb_typeof(settings) = 'object'),
add constraint a_step_key_is_not_empty check (step_key <> ''),
drop constraint positions_count_from_0,
add constraint positions_count_from_0_until_a_step_is_removed check (
    (position >= 0) = (removed_at is null)
);

create unique index a_key_names_one_step
on outreach.campaign_steps (workspace_id, campaign_id, step_key)
where removed_at is null;

alter table outreach.campaign_step_templates
-- The names that the text was validated with: the stamp covers them too. Custom ones
-- stand without "custom.".
add column fields text [] not null default array[
    'company', 'email', 'firstName', 'fullName', 'industry', 'jobTitle', 'lastName',
    'location', 'senderFirstName', 'senderLastName'
],
add column custom_fields text [] not null default '{}';

grant select on outreach.campaign_accounts to sender, operator;
grant insert, delete on outreach.campaign_accounts to operator;

-- An import takes its enrollments' ids beforehand: their jitter is made of them.
grant usage on sequence outreach.campaign_prospects_enrollment_id_seq to operator;
