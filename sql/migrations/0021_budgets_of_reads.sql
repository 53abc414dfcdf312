-- Version 2 of the provider's API reads LinkedIn at each call and limits the calls of an
-- account. Its reads have a budget per day, so that a large network does not eat the
-- calls that sends and replies need.

create table outreach.provider_read_budgets (
    provider_version smallint not null,
    purpose text not null,
    calls_per_day integer not null,
    constraint provider_read_budgets_pkey primary key (provider_version, purpose),
    constraint a_read_has_a_known_purpose check (purpose in ('lists', 'replies')),
    constraint a_read_budget_is_not_negative check (calls_per_day >= 0)
);

comment on table outreach.provider_read_budgets is
'How many calls an account may make on a day of its own to read lists (invitations, '
'relations, chats) and to look for replies. A version without a row has no bound: '
'version 1 serves reads from its own store.';

insert into outreach.provider_read_budgets (provider_version, purpose, calls_per_day)
values
(2, 'lists', 300),
(2, 'replies', 300);

create table outreach.provider_read_spending (
    workspace_id bigint not null,
    account_id bigint not null,
    purpose text not null,
    counted_on date not null,
    calls integer not null,
    rate_limit jsonb,
    held_until timestamptz,
    noted_at timestamptz not null,
    constraint provider_read_spending_pkey
    primary key (workspace_id, account_id, purpose),
    constraint provider_read_spending_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint spending_has_a_known_purpose check (purpose in ('lists', 'replies'))
);

comment on table outreach.provider_read_spending is
'The calls that an account made on its newest day to read, and what the last answer '
'said of its limit. Accounts of a version without a budget have no row.';
comment on column outreach.provider_read_spending.counted_on is
'The account''s own calendar day that the calls are counted on.';
comment on column outreach.provider_read_spending.rate_limit is
'The x-ratelimit headers and retry-after of the last answer, as they were.';
comment on column outreach.provider_read_spending.held_until is
'Until when nothing is read, because the provider''s own limit is used up. Null for no '
'hold.';

-- The post of a comment that version 2 does not find: a person gives its new id.
insert into outreach.provider_error_classes (error_type, http_status, outcome)
values
('provider/unresolved_post', 0, 'content_bad');

grant select on
outreach.provider_read_budgets,
outreach.provider_read_spending
to sender, operator;
grant update (calls_per_day) on outreach.provider_read_budgets to operator;
grant insert, update on outreach.provider_read_spending to sender, operator;
