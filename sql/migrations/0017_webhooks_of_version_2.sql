-- Webhooks of version 2 of the provider's API: their signature, their ids, their names.

alter table outreach.linkedin_webhook_deliveries
add column api_version smallint not null default 1,
add column provider_event_id text,
add constraint a_delivery_is_of_a_known_version check (api_version in (1, 2)),
add constraint only_version_2_gives_its_events_ids check (
    provider_event_id is null or api_version = 2
);

comment on column outreach.linkedin_webhook_deliveries.api_version is
'The version of the provider''s API whose rules the webhook was accepted by: 1 sends a '
'secret, 2 signs.';
comment on column outreach.linkedin_webhook_deliveries.provider_event_id is
'The provider''s id of the event, by which a delivery is kept once. Null in version 1.';

create unique index a_provider_event_is_kept_once
on outreach.linkedin_webhook_deliveries (provider_event_id)
where provider_event_id is not null;

-- The moment of the newest webhook of version 2 is asked for before those of version 1
-- are unsubscribed.
create index linkedin_webhook_deliveries_of_version_2
on outreach.linkedin_webhook_deliveries (received_at)
where api_version = 2;

alter table outreach.linkedin_events
add column api_version smallint not null default 1,
add constraint an_event_is_of_a_known_version check (api_version in (1, 2));

comment on column outreach.linkedin_events.api_version is
'The version of the provider''s API that reported it. The two versions give a message '
'different ids.';

alter table outreach.hosted_auth_links
add column provider_dsn text;

comment on column outreach.hosted_auth_links.provider_dsn is
'The address of the provider that made the page; null for the workspace''s own. A login '
'on a page of version 2 is believed only from a signed webhook.';

alter table outreach.provider_webhook_events
add column api_version smallint not null default 1,
add constraint a_webhook_event_is_of_a_known_version check (api_version in (1, 2));

comment on column outreach.provider_webhook_events.api_version is
'The version of the provider''s API that has the name. A name of version 2 that is not '
'listed is set aside.';

insert into outreach.provider_webhook_events (
    event, wanted_event, source, api_version
)
values
('relation.new', 'new_relation', 'endpoint', 2),
('message.new', 'message_received', 'endpoint', 2),
('account.status.running', 'account_status', 'endpoint', 2),
('account.status.disconnected', 'account_status', 'endpoint', 2),
('account.status.errored', 'account_status', 'endpoint', 2),
('account.status.degraded', 'account_status', 'endpoint', 2),
('account.status.partial', 'account_status', 'endpoint', 2),
('account.locked', 'account_status', 'endpoint', 2),
('account.unlocked', 'account_status', 'endpoint', 2),
('account.add', 'account_status', 'endpoint', 2),
('account.reconnect', 'account_status', 'endpoint', 2),
('account.remove', 'account_status', 'endpoint', 2);

create table outreach.provider_webhook_secrets (
    provider_dsn text not null,
    webhook_id text not null,
    request_url text not null,
    application_id text,
    secret text not null,
    stored_at timestamptz not null,
    retired_at timestamptz,
    constraint provider_webhook_secrets_pkey primary key (provider_dsn, webhook_id),
    constraint only_a_secret_in_use_is_kept check (
        (secret = '') = (retired_at is not null)
    )
);

comment on table outreach.provider_webhook_secrets is
'The secret of each of our webhook endpoints at the provider, which signs with it.';
comment on column outreach.provider_webhook_secrets.secret is
'Whole, with its wes_. It is in clear, because each signature is computed again with it; '
'only the owner and operator read it. Empty once the endpoint is gone.';
comment on column outreach.provider_webhook_secrets.application_id is
'The provider''s application that the endpoint belongs to. Events of another one are '
'refused.';

create table outreach.linkedin_webhook_refusals (
    refused_hour timestamptz not null,
    reason text not null,
    refused_count bigint not null,
    newest_at timestamptz not null,
    constraint linkedin_webhook_refusals_pkey primary key (refused_hour, reason),
    constraint a_refusal_of_a_webhook_is_known check (
        reason in (
            'wrong_secret', 'no_signature', 'unreadable_signature', 'wrong_signature',
            'old_signature', 'wrong_application', 'wrong_environment'
        )
    ),
    constraint a_refusal_is_counted check (refused_count > 0)
);

comment on table outreach.linkedin_webhook_refusals is
'How many webhooks were refused, by hour and reason. Their bodies are not kept. The '
'table is global, because nobody knows whose they are.';
comment on column outreach.linkedin_webhook_refusals.reason is
'wrong_secret: of version 1. old_signature: right, but older or newer than the '
'tolerance. wrong_application, wrong_environment: signed, but not of our application.';

grant select on outreach.linkedin_webhook_refusals to sender, operator;
grant select, insert, update on outreach.provider_webhook_secrets to operator;
grant insert, update on outreach.linkedin_webhook_refusals to sender, operator;
