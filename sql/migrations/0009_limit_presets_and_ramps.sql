-- First limits for new accounts, limits that grow from day to day, and the record of
-- who changed the settings of an account.

alter table outreach.workspaces add column timezone text not null default 'UTC';
alter table outreach.workspaces add column created_by text;

comment on column outreach.workspaces.timezone is
'The time zone of a new account for which no other is named.';
comment on column outreach.workspaces.created_by is
'Who added the workspace. Null if a program loaded it.';

alter table outreach.linkedin_accounts
add column premium_features text [] not null default '{}';
alter table outreach.linkedin_accounts add column opened_on date;

comment on column outreach.linkedin_accounts.premium_features is
'The paid products of the account, as the provider names them: premium, '
'sales_navigator, recruiter.';
comment on column outreach.linkedin_accounts.opened_on is
'When the LinkedIn account was opened, as a person states it. Null if nobody stated '
'it: the account counts as new.';

alter table outreach.hosted_auth_links add column limit_preset text;
alter table outreach.hosted_auth_links add column opened_on date;

comment on column outreach.hosted_auth_links.limit_preset is
'The preset of the first limits of a new account. Null for a known account.';
comment on column outreach.hosted_auth_links.opened_on is
'When the LinkedIn account was opened, as a person states it. Null if unknown.';

-- The limit of a day is limit_count + growth_per_day for each day since ramp_starts_on,
-- at most goal_count: outreach.ramped_limit(). Nothing is rewritten from day to day.
alter table outreach.linkedin_account_limits add column goal_count integer;
alter table outreach.linkedin_account_limits add column growth_per_day numeric(8, 2);
alter table outreach.linkedin_account_limits add column ramp_starts_on date;

alter table outreach.linkedin_account_limits
add constraint a_ramp_has_a_goal_a_growth_and_a_start check (
    (goal_count is null) = (growth_per_day is null)
    and (goal_count is null) = (ramp_starts_on is null)
);
alter table outreach.linkedin_account_limits
add constraint a_ramp_grows_from_its_start_to_its_goal check (
    goal_count is null
    or (limit_count > 0 and goal_count >= limit_count and growth_per_day > 0)
);
alter table outreach.linkedin_account_limits
drop constraint a_limit_is_for_a_known_action;
alter table outreach.linkedin_account_limits
add constraint a_limit_is_for_a_known_action check (
    action in (
        'resolve_profile', 'send_invite', 'send_invite_with_note', 'send_message',
        'send_inmail', 'comment', 'withdraw_invite'
    )
);

comment on column outreach.linkedin_account_limits.limit_count is
'The limit, or, with a ramp, the limit of the day on which the ramp starts. Readers '
'call outreach.ramped_limit().';
comment on column outreach.linkedin_account_limits.goal_count is
'The limit at which a ramp ends. Null without a ramp.';
comment on column outreach.linkedin_account_limits.growth_per_day is
'By how much a ramp raises the limit on each of the account''s calendar days. A part '
'of 1 counts once it is whole.';
comment on column outreach.linkedin_account_limits.ramp_starts_on is
'The account''s calendar day on which the limit is limit_count.';

create table outreach.limit_presets (
    preset text not null,
    account_type text not null,
    from_age interval not null,
    action text not null,
    per text not null,
    limit_count integer not null,
    minimum_gap interval not null default '0',
    goal_count integer,
    growth_per_day numeric(8, 2),
    constraint limit_presets_pkey
    primary key (preset, account_type, from_age, action, per),
    constraint a_preset_is_for_a_known_account_type check (
        account_type in ('free', 'premium', 'sales_navigator', 'recruiter')
    ),
    constraint a_presets_ramp_has_a_goal_and_a_growth check (
        (goal_count is null) = (growth_per_day is null)
    )
);

comment on table outreach.limit_presets is
'The first limits of an account, by its type and its age. '
'outreach.apply_limit_preset() copies them to an account, whose rows then decide.';
comment on column outreach.limit_presets.account_type is
'The paid product of the account: see outreach.account_type().';
comment on column outreach.limit_presets.from_age is
'From this age of the LinkedIn account on, until the next one of the same preset and '
'type. 0 also stands for an age that nobody stated.';
comment on column outreach.limit_presets.goal_count is
'The limit at which the ramp ends. Null for a limit that does not grow.';

-- "recommended". Source of the figures, where one is named: the provider's page
-- https://developer.unipile.com/docs/provider-limits-and-restrictions.
-- * Invites: 80 to 100 a day and about 200 a week on a paid, active account; about 150 a
--   week without a note on a free one; a new account starts low. Its guide to sequences
--   advises 30 to 50 a working day: 40 on five days are the 200 of the week.
-- * Invites with a note: about 15 a week on a free account.
-- * Look-ups of profiles: 80 to 100 a day, up to 150 with Sales Navigator.
-- * Messages and InMails: that page has no figure; 100 to 150 messages and 30 to 50
--   InMails a day are second-hand (https://warmysender.com/documentation/
--   linkedin-account-safety-limits), so that the goals are at the low end.
-- * Comments and withdrawals: no source has a figure; they are kept low.
-- * Gaps: the provider asks to space calls, without a figure.
insert into outreach.limit_presets (
    preset, account_type, from_age, action, per, limit_count, goal_count,
    growth_per_day, minimum_gap
)
select
    'recommended',
    types.account_type,
    limits.from_age::interval,
    limits.action,
    limits.per,
    limits.limit_count,
    case when limits.goal_count > limits.limit_count then limits.goal_count end,
    case when limits.goal_count > limits.limit_count then limits.growth_per_day end,
    limits.minimum_gap::interval
from (
    values
    -- types, from_age, action, per, first limit, goal, growth per day, gap
    ('{free}', '0', 'send_invite', 'day', 5, 15, 0.5, '6 minutes'),
    ('{free}', '0', 'send_invite', 'week', 25, 75, 2.5, '0'),
    ('{free}', '3 months', 'send_invite', 'day', 10, 20, 1, '5 minutes'),
    ('{free}', '3 months', 'send_invite', 'week', 50, 100, 5, '0'),
    ('{free}', '1 year', 'send_invite', 'day', 15, 25, 1, '5 minutes'),
    ('{free}', '1 year', 'send_invite', 'week', 75, 125, 5, '0'),
    ('{free}', '0', 'send_invite_with_note', 'week', 5, 5, 0, '0'),
    ('{free}', '3 months', 'send_invite_with_note', 'week', 10, 10, 0, '0'),
    ('{free}', '1 year', 'send_invite_with_note', 'week', 15, 15, 0, '0'),
    ('{paid}', '0', 'send_invite', 'day', 5, 25, 0.5, '6 minutes'),
    ('{paid}', '0', 'send_invite', 'week', 25, 125, 2.5, '0'),
    ('{paid}', '3 months', 'send_invite', 'day', 10, 30, 1, '5 minutes'),
    ('{paid}', '3 months', 'send_invite', 'week', 50, 150, 5, '0'),
    ('{paid}', '1 year', 'send_invite', 'day', 20, 40, 1, '5 minutes'),
    ('{paid}', '1 year', 'send_invite', 'week', 100, 200, 5, '0'),
    ('{free,paid}', '0', 'send_message', 'day', 15, 60, 1.5, '3 minutes'),
    ('{free,paid}', '3 months', 'send_message', 'day', 30, 80, 2, '3 minutes'),
    ('{free,paid}', '1 year', 'send_message', 'day', 50, 100, 2, '2 minutes'),
    ('{free,premium}', '0', 'resolve_profile', 'day', 20, 80, 2, '1 minute'),
    ('{free,premium}', '3 months', 'resolve_profile', 'day', 40, 80, 3, '1 minute'),
    ('{free,premium}', '1 year', 'resolve_profile', 'day', 80, 80, 0, '1 minute'),
    ('{seat}', '0', 'resolve_profile', 'day', 20, 100, 2, '1 minute'),
    ('{seat}', '3 months', 'resolve_profile', 'day', 60, 120, 3, '1 minute'),
    ('{seat}', '1 year', 'resolve_profile', 'day', 100, 150, 5, '1 minute'),
    ('{paid}', '0', 'send_inmail', 'day', 5, 15, 0.5, '5 minutes'),
    ('{paid}', '3 months', 'send_inmail', 'day', 10, 20, 1, '5 minutes'),
    ('{paid}', '1 year', 'send_inmail', 'day', 15, 30, 1, '5 minutes'),
    ('{free,paid}', '0', 'comment', 'day', 5, 10, 0.5, '10 minutes'),
    ('{free,paid}', '3 months', 'comment', 'day', 10, 15, 0.5, '10 minutes'),
    ('{free,paid}', '1 year', 'comment', 'day', 10, 20, 0.5, '10 minutes'),
    ('{free,paid}', '0', 'withdraw_invite', 'day', 10, 10, 0, '5 minutes'),
    ('{free,paid}', '3 months', 'withdraw_invite', 'day', 20, 20, 0, '3 minutes'),
    ('{free,paid}', '1 year', 'withdraw_invite', 'day', 30, 30, 0, '2 minutes')
) as limits (
    kinds, from_age, action, per, limit_count, goal_count, growth_per_day, minimum_gap
)
inner join (
    values
    ('free', '{free}'::text []),
    ('premium', '{premium,paid}'),
    ('sales_navigator', '{seat,paid}'),
    ('recruiter', '{seat,paid}')
) as types (account_type, kinds)
    on types.kinds && limits.kinds::text [];

-- "careful": half of that, for an account that LinkedIn has warned, or that matters.
insert into outreach.limit_presets (
    preset, account_type, from_age, action, per, limit_count, goal_count,
    growth_per_day, minimum_gap
)
select
    'careful',
    presets.account_type,
    presets.from_age,
    presets.action,
    presets.per,
    greatest(presets.limit_count / 2, 1),
    presets.goal_count / 2,
    presets.growth_per_day / 2,
    presets.minimum_gap * 2
from outreach.limit_presets as presets
where presets.preset = 'recommended';

create table outreach.linkedin_account_setting_audit (
    workspace_id bigint not null,
    change_id bigint generated always as identity,
    account_id bigint not null,
    setting text not null,
    was jsonb,
    became jsonb,
    actor text not null,
    changed_at timestamptz not null,
    constraint linkedin_account_setting_audit_pkey primary key (workspace_id, change_id),
    constraint linkedin_account_setting_audit_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint an_audited_setting_is_known check (
        setting in ('limits', 'sending_windows', 'timezone')
    ),
    constraint a_change_of_a_setting_says_who check (actor <> '')
);

comment on table outreach.linkedin_account_setting_audit is
'Each change of the limits, the sending windows or the time zone of an account by '
'their functions, with who made it. Rows are never changed.';
comment on column outreach.linkedin_account_setting_audit.was is
'The setting before the change. Null if there was none.';

create index linkedin_account_setting_audit_of_account
on outreach.linkedin_account_setting_audit (workspace_id, account_id, change_id);

grant select on
outreach.limit_presets,
outreach.linkedin_account_setting_audit
to sender, operator;
grant insert on outreach.linkedin_account_setting_audit to operator;
grant insert (premium_features, opened_on), update (premium_features, opened_on)
on outreach.linkedin_accounts to operator;
