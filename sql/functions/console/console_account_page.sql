-- What the page of one account shows, each row with its part: account is its tile, what
-- waits on it and its window; then its limits, windows, days and history, and the names
-- that its forms offer. No row for an account that does not exist. before_*: the last row
-- of the page of history before this one. A length of time is told in seconds. Security
-- definer: the console reads it, without rights to its tables.
create or replace function outreach.console_account_page(
    in_workspace_id bigint,
    in_account_id bigint,
    at timestamptz,
    day_count integer,
    before_at timestamptz,
    before_kind text,
    before_seq bigint,
    most_history integer
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
        'account',
        to_jsonb(accounts) - 'closes_at'
        || to_jsonb(details)
        || jsonb_build_object(
            'closes_at_seconds', extract(epoch from accounts.closes_at)
        )
    from outreach.console_accounts(
        in_workspace_id, in_account_id, null, null, null, 1, console_account_page.at
    ) as accounts
    cross join outreach.console_account_details(
        in_workspace_id, in_account_id
    ) as details;

    if not found then
        return;
    end if;

    return query
    select
        'allowance',
        to_jsonb(allowances)
        || jsonb_build_object(
            'minimum_gap_seconds', extract(epoch from allowances.minimum_gap)
        )
    from outreach.console_account_allowances(
        array[in_workspace_id], array[in_account_id], console_account_page.at, null
    ) as allowances
    union all
    select
        'window',
        jsonb_build_object(
            'weekday', windows.weekday,
            'opens_seconds', extract(epoch from windows.opens),
            'closes_seconds', extract(epoch from windows.closes)
        )
    from outreach.console_account_windows(in_workspace_id, in_account_id) as windows
    union all
    select
        'day',
        to_jsonb(days)
    from outreach.console_account_days(
        in_workspace_id, in_account_id, day_count, console_account_page.at
    ) as days
    union all
    select
        'history',
        to_jsonb(history)
    from outreach.console_account_history(
        in_workspace_id, in_account_id, before_at, before_kind, before_seq,
        most_history
    ) as history
    union all
    select
        'choices',
        jsonb_build_object(
            'presets',
            array(
                select presets.preset
                from outreach.console_limit_presets() as presets
            ),
            'timezones',
            array(
                select timezones.timezone
                from outreach.timezones
                order by timezones.timezone
            )
        );
end
$$;

revoke execute on function outreach.console_account_page(
    bigint, bigint, timestamptz, integer, timestamptz, text, bigint, integer
) from public;
grant execute on function outreach.console_account_page(
    bigint, bigint, timestamptz, integer, timestamptz, text, bigint, integer
) to console;
