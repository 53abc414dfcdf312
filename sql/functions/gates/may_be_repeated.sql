-- Whether a call of this action may be made again while nobody knows what became of the
-- one before: a look-up only reads, and an invite taken back twice is taken back once.
create or replace function outreach.may_be_repeated(action text)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select $1 in ('resolve_profile', 'withdraw_invite')
$$;
