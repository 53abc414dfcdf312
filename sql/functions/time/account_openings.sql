-- Moments of an account's calendar: the earliest ones at which its sending windows allow
-- a send, from a moment on and from the account's next midnight on, and the first instant
-- after that moment that is in a later calendar month, also where its time zone changes
-- before. Null openings for an account without a window. Security definer: a view for analysts
-- computes when a blocker lifts, and analysts have no right to the tables that the clamp
-- reads. It returns nothing else.
create or replace function outreach.account_openings(
    workspace_id bigint,
    account_id bigint,
    at timestamptz,
    out opens_at timestamptz,
    out opens_tomorrow_at timestamptz,
    out next_month_at timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    account outreach.linkedin_accounts;
    timezone_now text;
    first_day date;
begin
    select accounts.*
    into account
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = account_openings.workspace_id
        and accounts.account_id = account_openings.account_id;

    if not found then
        return;
    end if;

    timezone_now := outreach.account_timezone(
        account.timezone, account.next_timezone, account.next_timezone_at, at
    );
    first_day := date_trunc('month', at at time zone timezone_now)::date
        + interval '1 month';

    next_month_at := outreach.first_instant_of(first_day, timezone_now, at);

    -- At the change itself the new zone may still be in the month before.
    if next_month_at >= account.next_timezone_at and account.next_timezone_at > at then
        next_month_at := outreach.first_instant_of(
            first_day, account.next_timezone, account.next_timezone_at
        );
    end if;

    if exists (
        select 1
        from outreach.linkedin_account_sending_windows as windows
        where
            windows.workspace_id = account_openings.workspace_id
            and windows.account_id = account_openings.account_id
    ) then
        opens_at := outreach.clamp_to_sending_window(
            account_openings.workspace_id, account_openings.account_id,
            account_openings.at
        );
        opens_tomorrow_at := outreach.clamp_to_sending_window(
            account_openings.workspace_id, account_openings.account_id,
            outreach.first_instant_of(
                (account_openings.at at time zone timezone_now)::date + 1,
                timezone_now, account_openings.at
            )
        );
    end if;
end
$$;
