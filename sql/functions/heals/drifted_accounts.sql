-- Accounts with a daily counter that differs from its rows, of any day on their own
-- calendar that was not over so long ago: local_date is their today, days_before how
-- far the look goes back from it. One pass over those days' rows for all accounts; only
-- a look, without locks: the heal counts again under each account's own.
create or replace function outreach.drifted_accounts(
    only_workspace_id bigint,
    at timestamptz,
    look_back interval default '24 hours'
)
returns table (
    workspace_id bigint,
    account_id bigint,
    local_date date,
    days_before integer
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    since constant timestamptz := drifted_accounts.at - look_back;
    -- The first and the last date that is one of these days in some time zone.
    first_day constant date := (
        since at time zone 'UTC' - interval '12 hours'
    )::date;
    last_day constant date := (
        drifted_accounts.at at time zone 'UTC' + interval '14 hours'
    )::date;
begin
    return query
    select distinct
        accounts.workspace_id,
        accounts.account_id,
        local_days.local_date,
        local_days.local_date - local_days.first_date
    from outreach.daily_counter_truths(
        only_workspace_id, null, first_day, last_day
    ) as truths
    inner join outreach.linkedin_accounts as accounts
        on
            truths.workspace_id = accounts.workspace_id
            and truths.account_id = accounts.account_id
    cross join lateral (
        select
            outreach.account_timezone(
                accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
                drifted_accounts.at
            ) as timezone
    ) as clocks
    cross join lateral (
        select
            (drifted_accounts.at at time zone clocks.timezone)::date as local_date,
            (since at time zone clocks.timezone)::date as first_date
    ) as local_days
    where
        truths.kind <> 'none'
        and truths.counted_on between local_days.first_date and local_days.local_date;
end
$$;
