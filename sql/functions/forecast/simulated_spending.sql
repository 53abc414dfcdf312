-- What is spent of an action's limits after one more send, at a moment of the account's
-- day.
create or replace function outreach.simulated_spending(
    spent outreach.simulated_limit,
    at timestamptz,
    day date
)
returns outreach.simulated_limit
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
    if spent.spent_on = day then
        spent.spent_on_day := spent.spent_on_day + 1;
        spent.spent_in_month := spent.spent_in_month + 1;
    else
        spent.spent_in_month := 1 + case
            when date_trunc('month', spent.spent_on) = date_trunc('month', day)
                then spent.spent_in_month
            else 0
        end;
        spent.spent_on_day := 1;
        spent.spent_on := day;
    end if;

    while spent.spent_ats[1] <= at - interval '168 hours' loop
        spent.spent_ats := spent.spent_ats[2:];
    end loop;

    spent.spent_ats := spent.spent_ats || at;
    spent.newest_at := at;
    return spent;
end
$$;
