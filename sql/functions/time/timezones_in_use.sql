-- The time zones that accounts of any workspace live in, or will.
create or replace function outreach.timezones_in_use()
returns table (
    timezone text,
    account_count bigint
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        named.timezone,
        count(*)
    from outreach.linkedin_accounts as accounts
    cross join lateral (
        values (accounts.timezone), (accounts.next_timezone)
    ) as named (timezone)
    where
        named.timezone is not null
        and accounts.status <> 'deleted'
    group by named.timezone
    order by named.timezone
$$;
