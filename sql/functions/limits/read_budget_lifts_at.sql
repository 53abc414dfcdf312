-- When an account whose read budget is spent (outreach.is_read_budget_spent) may read
-- again: at the end of the provider's hold, else at the next midnight of its zone.
create or replace function outreach.read_budget_lifts_at(
    held_until timestamptz,
    timezone text,
    at timestamptz
)
returns timestamptz
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return case
        when held_until > at then held_until
        else outreach.next_local_midnight(timezone, at)
    end;
end
$$;
