-- When the limits that are reached allow an action again, as far as they lift by
-- themselves, and the name of the one that lifts last; null for limited_by if only the
-- gap is reached. A limit may grow with each day, so it is asked again on the next one at
-- the latest, also where it does not lift by itself.
-- reached: see outreach.are_limits_reached.
-- gap_lifts_at, week_lifts_at: when the gap ends, and when the send that fills the week
-- is a week old. next_day_at: when the account's next day opens.
create or replace function outreach.limits_lift(
    reached boolean [],
    gap_lifts_at timestamptz,
    week_lifts_at timestamptz,
    next_day_at timestamptz,
    out lifts_at timestamptz,
    out limited_by text
)
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
    lifts_at := greatest(
        case when reached[6] then gap_lifts_at end,
        case when reached[3] then least(week_lifts_at, next_day_at) end,
        case
            when reached[1] or reached[2] or reached[4] or reached[5]
                then next_day_at
        end
    );
    limited_by := case
        when reached[1] then 'no_limit_set'
        when reached[5] then 'outstanding_limit'
        when reached[4] then 'month_limit'
        when
            reached[3]
            and (
                not coalesce(reached[2], false)
                or coalesce(week_lifts_at > next_day_at, true)
            )
            then 'week_limit'
        when reached[2] then 'day_limit'
    end;
end
$$;
