-- The first instant after a moment that lies in a later calendar month of an account,
-- also where its time zone changes before.
create or replace function outreach.next_local_month(
    workspace_id bigint,
    account_id bigint,
    at timestamptz
)
returns timestamptz
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    account outreach.linkedin_accounts;
    timezone_now text;
    first_day date;
    begins_at timestamptz;
begin
    select accounts.*
    into strict account
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = next_local_month.workspace_id
        and accounts.account_id = next_local_month.account_id;

    timezone_now := outreach.account_timezone(
        account.timezone, account.next_timezone, account.next_timezone_at, at
    );
    first_day := date_trunc('month', at at time zone timezone_now)::date
        + interval '1 month';
    begins_at := outreach.first_instant_of(first_day, timezone_now, at);

    -- At the change itself the new zone may still be in the month before.
    if begins_at >= account.next_timezone_at and account.next_timezone_at > at then
        begins_at := outreach.first_instant_of(
            first_day, account.next_timezone, account.next_timezone_at
        );
    end if;

    return begins_at;
end
$$;
