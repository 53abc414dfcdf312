-- What keeps an account's action back by what is spent, and until when: outside_window
-- until the next window opens, else the reached limit that lifts last; a limit without a
-- time to lift is last, and nulls if none is reached. A weekly limit that grows lifts at
-- lifts_at at the latest.
-- tells_when: false leaves out the times, so that it is the first reached limit.
create or replace function outreach.limit_that_lifts_last(
    workspace_id bigint,
    spent outreach.spent_limit,
    at timestamptz,
    tells_when boolean,
    out name text,
    out lifts_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    openings record;
begin
    name := case when spent.timezone is null then 'outside_window' else spent.reached[1] end;

    if not tells_when then
        return;
    end if;

    openings := outreach.account_openings(workspace_id, spent.account_id, at);

    if spent.timezone is null then
        lifts_at := openings.opens_at;
        return;
    end if;

    select
        limits.name,
        limits.lifts_at
    into name, lifts_at
    from (
        select
            named.name,
            named.place,
            case
                when named.name = 'day_limit' and spent.per_day > 0
                    then openings.opens_tomorrow_at
                when named.name = 'week_limit'
                    then spent.week_filled_at + interval '168 hours'
                when named.name = 'month_limit' and spent.per_month > 0
                    then openings.next_month_at
                when named.name = 'minimum_gap'
                    then spent.newest_at + spent.minimum_gap
            end as lifts_at
        from unnest(spent.reached) with ordinality as named (name, place)
    ) as limits
    order by
        limits.lifts_at desc nulls first,
        limits.place
    limit 1;
end
$$;
