-- The states that version 2 of the provider's API gives an account, and its products.

alter table outreach.linkedin_accounts
drop constraint an_account_status_is_known,
add constraint an_account_status_is_known check (
    status in (
        'connecting', 'connected', 'degraded', 'partial', 'errored', 'disconnected',
        'restricted', 'locked', 'deleted'
    )
),
add column product_states jsonb,
add constraint the_states_of_products_are_an_object check (
    jsonb_typeof(product_states) = 'object'
);

comment on column outreach.linkedin_accounts.product_states is
'The state of each of the account''s LinkedIn products at the provider, such as '
'{"classic": "running"}. Null where the provider does not say them: then the status '
'alone decides. outreach.apply_provider_states() writes it.';

alter table outreach.provider_account_states
drop constraint a_provider_state_is_a_state_or_an_error,
add constraint a_provider_state_is_of_a_known_field check (
    state_field in ('state', 'status', 'error')
),
drop constraint a_provider_state_means_a_known_status,
add constraint a_provider_state_means_a_known_status check (
    status in (
        'connecting', 'connected', 'degraded', 'partial', 'errored', 'disconnected',
        'restricted', 'locked', 'deleted'
    )
);

comment on column outreach.provider_account_states.state_field is
'The field of the provider''s answer that has the word. state: of one of the '
'account''s sources or of an account_status webhook, in version 1. status: of the '
'account, in version 2; is_locked is the word locked. error: the type of an error '
'answer about the account.';

insert into outreach.provider_account_states (
    state_field, provider_state, status, badness, description
)
values
('status', 'running', 'connected', 0, 'The account works.'),
('status', 'degraded', 'degraded', 5, 'A product of the account is out of service.'),
('status', 'partial', 'partial', 6, 'A person must log in to a product again.'),
('status', '*', 'errored', 20, 'A word that is not known here.'),
(
    'status', 'errored', 'errored', 21,
    'The provider, its proxy or LinkedIn is out of service. It ends by itself.'
),
('status', 'disconnected', 'disconnected', 23, 'A person must log in again.'),
('status', 'paused', 'locked', 30, 'The subscription at the provider has ended.'),
('status', 'locked', 'locked', 31, 'The subscription at the provider has ended.'),
(
    'error', 'provider/invalid_authorization', 'disconnected', 20,
    'A person must log in again.'
),
(
    'error', 'provider/invalid_credentials', 'disconnected', 20,
    'A person must log in again.'
),
(
    'error', 'provider/account_mismatch', 'disconnected', 20,
    'Another person has logged in.'
),
(
    'error', 'api/account_restricted', 'restricted', 30,
    'LinkedIn restricts the account.'
),
(
    'error', 'api/inactive_subscription', 'locked', 31,
    'The subscription at the provider has ended.'
),
(
    'error', 'api/resource_not_found', 'deleted', 40,
    'The provider has no such account.'
);

grant update (product_states) on outreach.linkedin_accounts to sender, operator;

update outreach.endpoint_event_types
set description = 'An account sends nothing: data.account.status says why.'
where event_type = 'account.disconnected';
