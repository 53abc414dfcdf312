-- How many calls an account may still make to read for a purpose on its day; null for no
-- bound. 0 while the provider's own limit holds it. calls_per_day: null without a budget.
-- counted_on, calls: those of its newest day, which is after today where its time zone
-- was moved to the west; they count today as well then.
create or replace function outreach.read_calls_left(
    calls_per_day integer,
    counted_on date,
    calls integer,
    held_until timestamptz,
    timezone text,
    at timestamptz
)
returns integer
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return case
        when calls_per_day is null then null
        when held_until > at then 0
        when counted_on >= outreach.local_date_in(timezone, at)
            then greatest(calls_per_day - calls, 0)
        else calls_per_day
    end;
end
$$;
