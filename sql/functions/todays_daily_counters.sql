-- Each account's cached counters of its own today, by the account's name.
create or replace function outreach.todays_daily_counters(
    as_of timestamptz default null
)
returns table (
    workspace_id bigint,
    account_id bigint,
    account_name text,
    action text,
    counted_on date,
    count integer
)
language sql
stable
set search_path = ''
as $$
    with

    accounts as (

        select
            accounts.workspace_id,
            accounts.account_id,
            accounts.name,
            (
                moment.now at time zone case
                    when accounts.next_timezone_at <= moment.now
                        then accounts.next_timezone
                    else accounts.timezone
                end
            )::date as today
        from outreach.linkedin_accounts as accounts
        cross join (select coalesce($1, clock_timestamp()) as now) as moment

    )

    select
        accounts.workspace_id,
        accounts.account_id,
        accounts.name,
        counters.action,
        counters.counted_on,
        counters.count
    from accounts
    inner join outreach.linkedin_daily_counters as counters
        on
            accounts.workspace_id = counters.workspace_id
            and accounts.account_id = counters.account_id
            and accounts.today = counters.counted_on
$$;
