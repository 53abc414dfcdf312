-- What is spent of the limits of these actions, with the limits of the account's day in a
-- span. actions, spent: one element for each action. Limits that do not grow are asked
-- for once.
create or replace function outreach.simulated_limits_of_day(
    workspace_id bigint,
    account_id bigint,
    actions text [],
    spent outreach.simulated_limit [],
    span outreach.simulated_span
)
returns outreach.simulated_limit []
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    limits record;
    place integer := 0;
begin
    if (spent[1]).limited_on is not null and not exists (
        select 1
        from outreach.linkedin_account_limits as growing
        where
            growing.workspace_id = simulated_limits_of_day.workspace_id
            and growing.account_id = simulated_limits_of_day.account_id
            and growing.goal_count is not null
    ) then
        for place in 1..cardinality(spent) loop
            spent[place].limited_on := span.counted_on;
        end loop;

        return spent;
    end if;

    for limits in
        select of_day.*
        from outreach.limits_at(
            workspace_id, array_fill(account_id, array[cardinality(actions)]), actions,
            span.opens_at
        ) as of_day
    loop
        place := place + 1;
        spent[place].limited_on := span.counted_on;
        spent[place].per_day := limits.per_day;
        spent[place].per_week := limits.per_week;
        spent[place].per_month := limits.per_month;
        spent[place].outstanding := limits.outstanding;
        spent[place].minimum_gap := limits.minimum_gap;
    end loop;

    return spent;
end
$$;
