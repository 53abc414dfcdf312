-- Whether a subscription for these accounts tells of an account: an empty list means all
-- accounts. The body is parsed at creation, so that no search_path can change its meaning
-- and a query can inline it.
create or replace function outreach.is_told_of(
    provider_account_ids jsonb,
    provider_account_id text
)
returns boolean
language sql
stable
return is_told_of.provider_account_ids = '[]'
or is_told_of.provider_account_ids @> to_jsonb(is_told_of.provider_account_id);
