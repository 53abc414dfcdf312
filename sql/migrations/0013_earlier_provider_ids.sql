-- Webhooks are told under the id that an account had then: found by it also later.

create index provider_account_links_of_earlier_ids
on outreach.provider_account_links (from_provider_account_id)
where from_provider_account_id is not null;
