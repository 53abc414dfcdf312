-- Events that other programs are told by signed webhooks, and alerts that are told at once.

create table outreach.endpoint_event_types (
    event_type text not null,
    description text not null,
    constraint endpoint_event_types_pkey primary key (event_type)
);

comment on table outreach.endpoint_event_types is
'The events that endpoints can be told. outreach.add_endpoint() refuses others.';

insert into outreach.endpoint_event_types (event_type, description)
values
('reply.received', 'A person of a campaign has written.'),
('invite.accepted', 'A person has accepted the invite of a campaign.'),
('account.connected', 'An account is connected, for the first time or again.'),
(
    'account.disconnected',
    'An account is disconnected, restricted or deleted, and sends nothing.'
),
('limit.reached', 'An account has reached a limit of an action.');

create table outreach.endpoints (
    workspace_id bigint not null,
    endpoint_id bigint generated always as identity,
    url text not null,
    event_types text [] not null,
    secret text not null,
    created_by text not null,
    created_at timestamptz not null,
    paused_at timestamptz,
    paused_by text,
    paused_reason text,
    removed_at timestamptz,
    removed_by text,
    limits_read_until timestamptz not null,
    constraint endpoints_pkey primary key (workspace_id, endpoint_id),
    constraint endpoints_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint an_endpoint_wants_an_event check (cardinality(event_types) >= 1),
    constraint an_endpoint_has_https_unless_it_is_on_this_machine check (
        length(url) <= 2000
        and url !~ '[[:space:][:cntrl:]@#\\]'
        and (
            url ~ '^https://[^/?]+'
            or url ~ '^http://(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]+)?([/?]|$)'
        )
    ),
    constraint an_endpoint_says_who_made_it check (created_by <> ''),
    constraint an_endpoints_pause_says_who_and_why check (
        (paused_at is null) = (paused_by is null)
        and (paused_at is null) = (paused_reason is null)
    ),
    constraint a_removal_says_who check ((removed_at is null) = (removed_by is null))
);

comment on table outreach.endpoints is
'An address of another program, such as a CRM, that is told events of a workspace.';
comment on column outreach.endpoints.secret is
'The key of the signatures, as whsec_ and base64. It is in clear, because each delivery '
'is signed with it; only operator reads it. Empty once the endpoint is removed.';
comment on column outreach.endpoints.paused_at is
'Null unless a person paused it. Its events wait meanwhile.';
comment on column outreach.endpoints.removed_at is
'Null unless it was removed. The row stays for its deliveries.';
comment on column outreach.endpoints.limits_read_until is
'Attempts that began before this moment were looked at for reached limits.';

create unique index an_address_is_one_endpoint
on outreach.endpoints (workspace_id, url)
where removed_at is null;

create table outreach.endpoint_deliveries (
    workspace_id bigint not null,
    delivery_id bigint generated always as identity,
    endpoint_id bigint not null,
    event_type text not null,
    event_key text not null,
    message_id uuid not null default gen_random_uuid(),
    occurred_at timestamptz not null,
    body text,
    body_emptied_at timestamptz,
    created_at timestamptz not null,
    most_tries smallint not null default 10,
    try_count smallint not null default 0,
    next_try_at timestamptz,
    delivered_at timestamptz,
    given_up_at timestamptz,
    constraint endpoint_deliveries_pkey primary key (workspace_id, delivery_id),
    constraint endpoint_deliveries_endpoint_fkey
    foreign key (workspace_id, endpoint_id)
    references outreach.endpoints (workspace_id, endpoint_id),
    constraint an_event_is_one_delivery_of_an_endpoint
    unique (workspace_id, endpoint_id, event_key),
    constraint only_a_body_of_a_delivery_that_is_over_is_emptied check (
        (body is null) = (body_emptied_at is not null)
        and (body is not null or next_try_at is null)
    ),
    constraint a_delivery_waits_or_is_over check (
        num_nonnulls(next_try_at, delivered_at, given_up_at) = 1
    )
);

comment on table outreach.endpoint_deliveries is
'One event that one endpoint is told: sent until it is taken, or given up.';
comment on column outreach.endpoint_deliveries.event_key is
'The row that the event is derived from, such as campaign_events/812.';
comment on column outreach.endpoint_deliveries.message_id is
'The header webhook-id, the same at each try. It is random, so that a restored database '
'gives no other event an id that a receiver knows.';
comment on column outreach.endpoint_deliveries.body is
'The JSON that is sent, the same at each try. Null once it is over and older than its '
'bound.';
comment on column outreach.endpoint_deliveries.next_try_at is
'When it is sent next. Null once it is taken or given up.';
comment on column outreach.endpoint_deliveries.given_up_at is
'When it was given up: no try of most_tries was taken, or the endpoint was removed.';

create index endpoint_deliveries_due
on outreach.endpoint_deliveries (workspace_id, endpoint_id, next_try_at)
where next_try_at is not null;

-- What was tried for the last time is found among many that wait.
create index endpoint_deliveries_to_give_up
on outreach.endpoint_deliveries (workspace_id, delivery_id)
where next_try_at is not null and try_count >= most_tries;

create index endpoint_deliveries_with_a_body
on outreach.endpoint_deliveries (workspace_id, created_at)
where body is not null and next_try_at is null;

insert into outreach.retention_bounds (what, days, description)
values
(
    'endpoint_deliveries.body', 30,
    'Events as endpoints were told them, with the names of people and their replies.'
);

create table outreach.endpoint_tries (
    workspace_id bigint not null,
    delivery_id bigint not null,
    try_number smallint not null,
    begun_at timestamptz not null,
    ended_at timestamptz,
    http_status integer,
    error text,
    constraint endpoint_tries_pkey
    primary key (workspace_id, delivery_id, try_number),
    constraint endpoint_tries_delivery_fkey
    foreign key (workspace_id, delivery_id)
    references outreach.endpoint_deliveries (workspace_id, delivery_id),
    constraint only_a_try_that_ended_has_an_answer check (
        ended_at is not null or (http_status is null and error is null)
    )
);

comment on table outreach.endpoint_tries is
'Each call of an endpoint, committed before the call.';
comment on column outreach.endpoint_tries.ended_at is
'Null while it is made, and for ever where the process ended meanwhile.';
comment on column outreach.endpoint_tries.error is
'Why it was not taken. Null if it was, by any status from 200 to 299.';

create table outreach.reached_limits (
    workspace_id bigint not null,
    account_id bigint not null,
    action text not null,
    per text not null,
    period_starts_on date not null,
    limit_count integer not null,
    reached_at timestamptz not null,
    lifts_at timestamptz,
    constraint reached_limits_pkey
    primary key (workspace_id, account_id, action, per, period_starts_on),
    constraint reached_limits_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint a_reached_limit_is_per_a_known_span check (
        per in ('day', 'week', 'month', 'outstanding')
    )
);

comment on table outreach.reached_limits is
'That an account reached a limit of an action, once for each period. Noted only where an '
'endpoint wants to be told.';
comment on column outreach.reached_limits.period_starts_on is
'By the account''s own calendar: the day, or the first day of the month. A limit per week '
'and one of outstanding invites have no calendar: their period is the week from Monday.';
comment on column outreach.reached_limits.reached_at is
'When the attempt began that reached it.';
comment on column outreach.reached_limits.lifts_at is
'Until when the limit holds. Null if that is not known.';

create table outreach.campaign_notifications (
    workspace_id bigint not null,
    campaign_id bigint not null,
    about text not null,
    constraint campaign_notifications_pkey
    primary key (workspace_id, campaign_id, about),
    constraint campaign_notifications_campaign_fkey
    foreign key (workspace_id, campaign_id)
    references outreach.campaigns (workspace_id, campaign_id),
    constraint a_notification_is_about_a_reply_or_an_accept check (
        about in ('reply', 'accept')
    )
);

comment on table outreach.campaign_notifications is
'What a campaign asks the alert addresses to be told of: notify in its file.';

alter table outreach.linkedin_admin_alerts
add column is_news boolean not null default false,
add column changed_at timestamptz,
add column acknowledged_at timestamptz,
add column acknowledged_by text,
add constraint news_is_never_open check (not is_news or resolved_at is not null),
add constraint an_acknowledgement_says_who check (
    (acknowledged_at is null) = (acknowledged_by is null)
);

alter table outreach.linkedin_admin_alerts
add column awaits_delivery boolean not null generated always as (
    coalesce(
        case
            when is_news then delivered_at is null
            when resolved_at is not null then delivered_at < resolved_at
            else delivered_at is null or delivered_at < changed_at
        end,
        false
    )
) stored;

comment on column outreach.linkedin_admin_alerts.is_news is
'A reply or an accept: told once, and never open.';
comment on column outreach.linkedin_admin_alerts.changed_at is
'When an open alert changed so much that it is told again. Null if it did not.';
comment on column outreach.linkedin_admin_alerts.acknowledged_at is
'When a person said that they know of it. It stays open until it is resolved.';
comment on column outreach.linkedin_admin_alerts.awaits_delivery is
'Whether its present state is still to be told: an opening, a change, the resolution of '
'what was told, or news.';

create index linkedin_admin_alerts_to_deliver
on outreach.linkedin_admin_alerts (workspace_id, alert_id)
where awaits_delivery;

-- The secrets are for operator, who delivers. sender and the other writers of events
-- reach these tables by functions with their owner's rights.
grant select on outreach.endpoint_event_types to sender, operator;
grant select, insert on
outreach.endpoints,
outreach.endpoint_deliveries,
outreach.endpoint_tries
to operator;
grant update (
    secret, paused_at, paused_by, paused_reason, removed_at, removed_by
) on outreach.endpoints to operator;
grant update (
    most_tries, try_count, next_try_at, delivered_at, given_up_at
) on outreach.endpoint_deliveries to operator;
grant update (ended_at, http_status, error) on outreach.endpoint_tries to operator;
grant select on outreach.reached_limits to operator;
grant select, insert, delete on outreach.campaign_notifications to operator;
grant select on outreach.campaign_notifications to sender;
