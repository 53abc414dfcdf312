-- The time zone of an account at a moment, from its three columns: a changed zone
-- applies from next_timezone_at on. The body is parsed at creation, so that no
-- search_path can change its meaning and a query can inline it.
create or replace function outreach.account_timezone(
    timezone text,
    next_timezone text,
    next_timezone_at timestamptz,
    at timestamptz
)
returns text
language sql
immutable
return case
    when account_timezone.next_timezone_at <= account_timezone.at
        then account_timezone.next_timezone
    else account_timezone.timezone
end;
