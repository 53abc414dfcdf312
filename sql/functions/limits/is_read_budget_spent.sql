-- Whether an account reads nothing more for a purpose now: the provider's own limit holds
-- it, or the calls of its day are used up. The arguments are those of
-- outreach.read_calls_left.
create or replace function outreach.is_read_budget_spent(
    calls_per_day integer,
    counted_on date,
    calls integer,
    held_until timestamptz,
    timezone text,
    at timestamptz
)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return coalesce(
        outreach.read_calls_left(
            calls_per_day, counted_on, calls, held_until, timezone, at
        ) = 0,
        false
    );
end
$$;
