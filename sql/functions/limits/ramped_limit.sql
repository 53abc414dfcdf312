-- The limit of an account's calendar day, from the columns of its row: a limit with a
-- ramp grows by growth_per_day from ramp_starts_on on, until its goal. It is the only
-- place that computes it: claim, begin, the trigger and the marts call it. The body is
-- parsed at creation, so that no search_path can change its meaning and a query can
-- inline it.
-- on_date: the account's own date, counted_on of an attempt.
create or replace function outreach.ramped_limit(
    limit_count integer,
    goal_count integer,
    growth_per_day numeric,
    ramp_starts_on date,
    on_date date
)
returns integer
language sql
immutable
return case
    when ramped_limit.goal_count is null then ramped_limit.limit_count
    else
        least(
            ramped_limit.goal_count,
            ramped_limit.limit_count
            + floor(
                ramped_limit.growth_per_day
                * greatest(ramped_limit.on_date - ramped_limit.ramp_starts_on, 0)
            )
        )::integer
end;
