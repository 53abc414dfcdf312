-- The limits of an account's action on one of its calendar days, with their ramps
-- (outreach.ramped_limit); nulls where none is set.
create or replace function outreach.limits_on(
    workspace_id bigint,
    account_id bigint,
    action text,
    counted_on date,
    out per_day integer,
    out per_week integer,
    out per_month integer,
    out outstanding integer,
    out minimum_gap interval
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    select
        max(limits.limit_today) filter (where limits.per = 'day'),
        max(limits.limit_today) filter (where limits.per = 'week'),
        max(limits.limit_today) filter (where limits.per = 'month'),
        max(limits.limit_today) filter (where limits.per = 'outstanding'),
        max(limits.minimum_gap)
    into per_day, per_week, per_month, outstanding, minimum_gap
    from (
        select
            stored.per,
            stored.minimum_gap,
            outreach.ramped_limit(
                stored.limit_count, stored.goal_count, stored.growth_per_day,
                stored.ramp_starts_on, limits_on.counted_on
            ) as limit_today
        from outreach.linkedin_account_limits as stored
        where
            stored.workspace_id = limits_on.workspace_id
            and stored.account_id = limits_on.account_id
            and stored.action = limits_on.action
    ) as limits;
end
$$;
