-- Whether a call of this action may be made again while nobody knows what became of the
-- one before: a look-up only reads, and an invite taken back twice is taken back once.
-- Its body is parsed when it is created, so that no search_path can change what it
-- means and a query can inline it.
create or replace function outreach.may_be_repeated(action text)
returns boolean
language sql
immutable
return may_be_repeated.action in ('resolve_profile', 'withdraw_invite');
