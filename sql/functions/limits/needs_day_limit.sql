-- Whether an action is not done without a limit of the day: outreach.are_limits_reached()
-- says so. The body is parsed at creation, so that no search_path can change its meaning
-- and a query can inline it.
create or replace function outreach.needs_day_limit(action text)
returns boolean
language sql
stable
return (
    outreach.are_limits_reached(
        needs_day_limit.action, null, 0, null, false, null, 0, null, 0, null, null, now()
    )
)[1];
