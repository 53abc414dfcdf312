-- Which limits block an action, from what is spent of each, in this order: no_limit_set,
-- day_limit, week_limit, month_limit, outstanding_limit, minimum_gap. The only
-- comparison of limits: outreach.spent_limits() gives it what the ledger says, the
-- forecast what the ledger will say. The body is parsed at creation, so that no
-- search_path can change its meaning and a query can inline it.
-- is_week_filled: whether as many attempts as per_week are within the last 168 hours.
create or replace function outreach.are_limits_reached(
    action text,
    per_day integer,
    spent_on_day bigint,
    per_week integer,
    is_week_filled boolean,
    per_month integer,
    spent_in_month bigint,
    outstanding integer,
    outstanding_count bigint,
    minimum_gap interval,
    newest_at timestamptz,
    at timestamptz
)
returns boolean []
language sql
stable
return array[
    are_limits_reached.per_day is null
    and are_limits_reached.action not in (
        'send_invite_with_note', 'withdraw_invite', 'end_wait'
    ),
    are_limits_reached.per_day <= are_limits_reached.spent_on_day,
    are_limits_reached.per_week = 0 or are_limits_reached.is_week_filled,
    are_limits_reached.per_month <= are_limits_reached.spent_in_month,
    are_limits_reached.outstanding <= are_limits_reached.outstanding_count,
    -- Attempts are in the order of begun_at: after the clock was ahead, the next one
    -- waits for real time to pass the newest, without a gap too.
    are_limits_reached.newest_at + coalesce(are_limits_reached.minimum_gap, '0')
    > are_limits_reached.at
];
