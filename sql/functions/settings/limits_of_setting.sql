-- Limits of an account as rows, from the form in which outreach.account_setting() has
-- them. today: the account's date. limit_at_last: what the limit grows to.
create or replace function outreach.limits_of_setting(
    setting jsonb,
    today date
)
returns table (
    action text,
    per text,
    stated jsonb,
    limit_today integer,
    limit_at_last integer,
    growth numeric,
    gap interval
)
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        limits.action,
        limits.per,
        limits.stated,
        outreach.ramped_limit(
            limits."limit", limits.goal, limits.growth, limits."from",
            limits_of_setting.today
        ),
        coalesce(limits.goal, limits."limit"),
        limits.growth,
        coalesce(limits.gap, '0')
    from (
        select
            elements.stated,
            columns.*
        from jsonb_array_elements(limits_of_setting.setting) as elements (stated)
        cross join lateral jsonb_to_record(elements.stated) as columns (
            action text, per text, "limit" integer, goal integer, growth numeric,
            gap interval, "from" date
        )
    ) as limits;
end
$$;
