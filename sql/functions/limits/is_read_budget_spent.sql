-- Whether an account reads nothing more for a purpose now: the provider's own limit holds
-- it, or the calls of its day are used up. calls_per_day: null without a budget.
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
    return calls_per_day is not null
        and (
            coalesce(held_until > at, false)
            or calls_per_day <= case
                when counted_on = outreach.local_date_in(timezone, at) then calls
                else 0
            end
        );
end
$$;
