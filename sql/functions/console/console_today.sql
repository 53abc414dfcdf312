-- What the first page shows, each row with its part: parked, alert, send, stopped and
-- unread are what waits for a person, at most most_rows and one more of each, and
-- most_stopped campaigns and accounts; account has a row if there is any. Then the parts
-- of outreach.console_outlook(). Security definer: the console reads it, without rights
-- to its tables.
create or replace function outreach.console_today(
    at timestamptz,
    most_rows integer,
    most_stopped integer,
    hours integer,
    most_jobs integer,
    most_next integer
)
returns table (
    part text,
    shown jsonb
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        'parked',
        to_jsonb(campaigns)
    from outreach.console_parked_campaigns(most_stopped) as campaigns
    union all
    select
        'alert',
        to_jsonb(alerts)
    from outreach.console_alerts(null, null, null, most_rows + 1) as alerts
    union all
    select
        'stopped',
        to_jsonb(accounts)
    from outreach.console_stopped_accounts(most_stopped) as accounts
    union all
    (
        select
            'unread',
            to_jsonb(replies)
        from outreach.console_replies(null, true, null, most_rows) as replies
        order by
            replies.latest_at desc,
            replies.account_id desc,
            replies.person desc
        limit most_rows
    )
    union all
    (
        select
            'account',
            jsonb_build_object('account_id', accounts.account_id)
        from outreach.linkedin_accounts as accounts
        limit 1
    )
    union all
    select
        outlook.part,
        outlook.shown
    from outreach.console_outlook(
        console_today.at, console_today.hours, most_jobs, most_next
    ) as outlook;

    if to_regclass('analytics.unknown_sends') is not null then
        return query
        select
            'send',
            to_jsonb(sends)
        from outreach.console_unknown_sends(
            null, null, true, null, null, null, most_rows + 1
        ) as sends;
    end if;
end
$$;

revoke execute on function outreach.console_today(
    timestamptz, integer, integer, integer, integer, integer
) from public;
grant execute on function outreach.console_today(
    timestamptz, integer, integer, integer, integer, integer
) to console;
