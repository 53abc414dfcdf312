-- The time zone that an account lives in at a moment, from its three columns: a
-- changed zone rules from next_timezone_at on.
-- No search_path of its own, so that a query can take it in; every name is qualified.
create or replace function outreach.account_timezone(
    timezone text,
    next_timezone text,
    next_timezone_at timestamptz,
    at timestamptz
)
returns text
language sql
immutable
as $$
    select case when $3 <= $4 then $2 else $1 end
$$;
