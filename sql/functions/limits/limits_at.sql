-- What accounts' actions are judged by at a moment, one row for each pair of the two
-- arrays, in their order: the sending window that contains the moment (its local weekday
-- and time are in [opens, closes)), with the time zone and the account's calendar day,
-- and the limits of that day (outreach.ramped_limit). An account outside all its windows
-- has no time zone and day here. An answer (answer_reply) has the limits of messages and
-- no window. counted_action: as which action the ledger counts it. Every send attempt
-- stores its row.
create or replace function outreach.limits_at(
    workspace_id bigint,
    account_ids bigint [],
    actions text [],
    at timestamptz
)
returns table (
    timezone text,
    weekday smallint,
    opens time,
    closes time,
    local_date date,
    per_day integer,
    per_week integer,
    per_month integer,
    outstanding integer,
    minimum_gap interval,
    counted_action text
)
language plpgsql
stable
rows 10
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        open_windows.timezone,
        open_windows.weekday,
        open_windows.opens,
        open_windows.closes,
        open_windows.local_date,
        limits.per_day,
        limits.per_week,
        limits.per_month,
        limits.outstanding,
        limits.minimum_gap,
        replace(outreach.limited_action(asked.action), '_with_note', '')
    from unnest(account_ids, actions) with ordinality as asked (
        account_id, action, place
    )
    left join lateral (
        select
            clocks.timezone,
            clocks.wall_clock::date as local_date,
            windows.weekday,
            windows.opens,
            windows.closes
        from (
            select
                zones.timezone,
                limits_at.at at time zone zones.timezone as wall_clock
            from (
                select
                    outreach.account_timezone(
                        accounts.timezone, accounts.next_timezone,
                        accounts.next_timezone_at, limits_at.at
                    ) as timezone
                from outreach.linkedin_accounts as accounts
                where
                    accounts.workspace_id = limits_at.workspace_id
                    and accounts.account_id = asked.account_id
            ) as zones
            offset 0 -- the account's clock is read once
        ) as clocks
        left join outreach.linkedin_account_sending_windows as windows
            on
                windows.workspace_id = limits_at.workspace_id
                and windows.account_id = asked.account_id
                and asked.action <> 'answer_reply'
                and outreach.is_inside_window(
                    clocks.wall_clock, windows.weekday, windows.opens, windows.closes
                )
        where windows.weekday is not null or asked.action = 'answer_reply'
        -- Windows never overlap; rows that were loaded past the triggers might.
        order by windows.opens
        limit 1
    ) as open_windows on true
    cross join lateral (
        select
            max(rules.limit_today) filter (where rules.per = 'day') as per_day,
            max(rules.limit_today) filter (where rules.per = 'week') as per_week,
            max(rules.limit_today) filter (where rules.per = 'month') as per_month,
            max(rules.limit_today) filter (
                where rules.per = 'outstanding'
            ) as outstanding,
            coalesce(max(rules.minimum_gap), '0') as minimum_gap
        from (
            select
                stored.per,
                stored.minimum_gap,
                outreach.ramped_limit(
                    stored.limit_count, stored.goal_count, stored.growth_per_day,
                    stored.ramp_starts_on, open_windows.local_date
                ) as limit_today
            from outreach.linkedin_account_limits as stored
            where
                stored.workspace_id = limits_at.workspace_id
                and stored.account_id = asked.account_id
                and stored.action = outreach.limited_action(asked.action)
        ) as rules
    ) as limits
    order by asked.place;
end
$$;
