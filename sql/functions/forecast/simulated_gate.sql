-- The delay of a queue after it asked at a moment whether the first of its jobs may go:
-- free_from is later than the moment if a hold or a limit forbids it then.
-- action, limit_then: what is asked, and its hold and limits of that day.
-- pending_count: how many invites of the account are out.
-- next_day_at: when the account's next day opens.
-- send_takes: see outreach.simulate_sends; it adds to a gap.
create or replace function outreach.simulated_gate(
    delay outreach.simulated_delay,
    action text,
    limit_then outreach.simulated_limit,
    pending_count bigint,
    at timestamptz,
    next_day_at timestamptz,
    send_takes interval
)
returns outreach.simulated_delay
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    week constant interval := interval '168 hours';
    -- The send that is a week old when the week has room again.
    fills_week_at constant timestamptz := limit_then.spent_ats[
        cardinality(limit_then.spent_ats) + 1 - nullif(limit_then.per_week, 0)
    ];
    reached boolean [];
    lifting record;
begin
    if limit_then.held_until > at then
        delay.free_from := limit_then.held_until;
        delay.held_until := limit_then.held_until;
        return delay;
    end if;

    reached := outreach.are_limits_reached(
        action,
        limit_then.per_day,
        case
            when limit_then.spent_on = limit_then.limited_on
                then limit_then.spent_on_day
            else 0
        end,
        limit_then.per_week,
        fills_week_at > at - week,
        limit_then.per_month,
        case
            when
                date_trunc('month', limit_then.spent_on)
                = date_trunc('month', limit_then.limited_on)
                then limit_then.spent_in_month
            else 0
        end,
        limit_then.outstanding,
        pending_count,
        limit_then.minimum_gap,
        limit_then.newest_at,
        at
    );

    if true = any(reached) then
        lifting := outreach.limits_lift(
            reached, limit_then.newest_at + coalesce(limit_then.minimum_gap, '0'),
            fills_week_at + week, next_day_at
        );
        -- Time always goes on, whatever the rows say.
        delay.free_from := greatest(lifting.lifts_at, at + interval '1 second');

        if lifting.limited_by is null then
            delay.free_from := delay.free_from + send_takes;
            delay.gap_until := delay.free_from;
        else
            delay.limited_until := delay.free_from;
            delay.limited_by := lifting.limited_by;
        end if;
    end if;

    return delay;
end
$$;
