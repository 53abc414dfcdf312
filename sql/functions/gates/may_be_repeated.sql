-- Whether a call of this action may be repeated while the previous one is unknown,
-- because it is idempotent: a look-up only reads, and a second withdrawal of an invite
-- changes nothing. The body is parsed at creation, so that no search_path can change
-- its meaning and a query can inline it.
create or replace function outreach.may_be_repeated(action text)
returns boolean
language sql
immutable
return may_be_repeated.action in ('resolve_profile', 'withdraw_invite');
