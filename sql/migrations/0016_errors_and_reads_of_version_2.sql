-- The errors of version 2 of the provider's API. A type starts with api/ where Unipile
-- refused the call before LinkedIn was reached, and with provider/ where it was reached.
-- Its reads may come from a cache.

alter table outreach.provider_error_classes
add column asks_profile boolean not null default false;

comment on column outreach.provider_error_classes.error_type is
'* is the default of its status, api/* and provider/* that of a type of version 2 that '
'has no row.';
comment on column outreach.provider_error_classes.asks_profile is
'Whether the type does not say why: the person''s profile and the pending invites are '
'read then, and outcome is what it means where these explain nothing.';

update outreach.provider_error_classes
set asks_profile = true
where error_type = 'cannot_resend_yet';

insert into outreach.provider_error_classes (
    error_type, http_status, outcome, hold_for
)
values
('api/missing_authorization', 0, 'our_key_bad', null),
('api/expired_authorization', 0, 'our_key_bad', null),
('api/invalid_auth_format', 0, 'our_key_bad', null),
('api/insufficient_permissions', 0, 'our_key_bad', null),
('provider/invalid_authorization', 0, 'account_down', null),
('provider/invalid_credentials', 0, 'account_down', null),
('provider/account_mismatch', 0, 'account_down', null),
('provider/invalid_checkpoint_code', 0, 'account_down', null),
('provider/unknown_authentication_context', 0, 'account_down', null),
('api/account_restricted', 0, 'account_down', null),
('api/inactive_subscription', 0, 'account_down', null),
('api/expired_link', 0, 'account_down', null),
('api/resource_not_found', 0, 'account_down', null),
-- Of a person whose profile is closed, or of a product that the account lacks.
('provider/insufficient_permissions', 0, 'permanent_prospect', null),
('provider/resource_not_found', 0, 'permanent_prospect', null),
('api/not_implemented', 0, 'permanent_prospect', null),
('api/invalid_parameters', 0, 'content_bad', null),
('provider/invalid_file', 0, 'content_bad', null),
('api/too_many_requests', 0, 'account_limit', '1 hour'),
('api/proxy_auth_error', 0, 'retry_safe', null),
-- The proxy is between Unipile and LinkedIn, so the call may have gone through.
('api/proxy_error', 0, 'unknown', null),
('api/proxy_timeout', 0, 'unknown', null),
('api/internal_error', 0, 'unknown', null),
('api/already_exists', 0, 'unknown', null),
('provider/server_error', 0, 'unknown', null),
('provider/timeout', 0, 'unknown', null),
('provider/untyped', 0, 'unknown', null),
('api/*', 0, 'unknown', null),
('provider/*', 0, 'unknown', null);

insert into outreach.provider_error_classes (
    error_type, http_status, outcome, hold_for, cool_for, asks_profile
)
values
('provider/unprocessable_entity', 0, 'unknown', null, '21 days', true),
('provider/conflict', 0, 'unknown', null, '21 days', true),
('api/conflict', 0, 'unknown', null, '21 days', true),
('provider/method_not_allowed', 0, 'unknown', null, '21 days', true),
('provider/invalid_parameters', 0, 'content_bad', null, '21 days', true),
('provider/too_many_requests', 0, 'account_limit', '24 hours', '21 days', true);

alter table outreach.provider_reads
add column cache jsonb,
add constraint no_page_of_a_complete_read_is_old check (
    not is_complete or cache is null or not cache @> '[{"is_old": true}]'
);

comment on column outreach.provider_reads.cache is
'For each page that has such headers its number (page), X-Cache and Age, and whether it '
'may be older than the read (is_old): then the read proves what it shows, and never that '
'something is absent. Null where no page has these headers.';
