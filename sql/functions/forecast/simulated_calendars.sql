-- The spans in which some accounts may send (outreach.simulated_spans), one row for each
-- of the accounts. Accounts of one calendar, which is a time zone and windows, have the
-- same spans, which are computed once.
-- has_window: whether the account ever sends.
create or replace function outreach.simulated_calendars(
    workspace_id bigint,
    account_ids bigint [],
    starts_at timestamptz,
    ends_at timestamptz
)
returns table (
    account_id bigint,
    has_window boolean,
    spans outreach.simulated_span []
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    calendar record;
begin
    for calendar in
        select
            array_agg(accounts.account_id) as account_ids,
            windows.named is not null as has_window
        from outreach.linkedin_accounts as accounts
        left join (
            select
                of_account.account_id,
                array_agg(
                    array[
                        of_account.weekday::text, of_account.opens::text,
                        of_account.closes::text
                    ]
                    order by of_account.weekday, of_account.opens
                ) as named
            from outreach.linkedin_account_sending_windows as of_account
            where
                of_account.workspace_id = simulated_calendars.workspace_id
                and of_account.account_id = any(simulated_calendars.account_ids)
            group by of_account.account_id
        ) as windows
            on accounts.account_id = windows.account_id
        where
            accounts.workspace_id = simulated_calendars.workspace_id
            and accounts.account_id = any(simulated_calendars.account_ids)
        group by
            accounts.timezone,
            accounts.next_timezone,
            accounts.next_timezone_at,
            windows.named
    loop
        spans := outreach.simulated_spans(
            simulated_calendars.workspace_id, calendar.account_ids[1],
            simulated_calendars.starts_at, simulated_calendars.ends_at
        );
        has_window := calendar.has_window;

        foreach account_id in array calendar.account_ids loop
            return next;
        end loop;
    end loop;
end
$$;
