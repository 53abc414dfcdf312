-- When analytics.send_forecast was built, from which on all of its rows hold, also those
-- that were forecast earlier; null if it has no row. A build that reads the clock says
-- its moment in the table's comment; one for a fixed moment forecasts all rows at it.
-- Security definer: the console reads it as its other pages.
create or replace function outreach.console_forecast_at()
returns timestamptz
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select
            coalesce(
                substring(
                    obj_description('analytics.send_forecast'::regclass, 'pg_class')
                    from 'As of: ([-0-9:. ]+ UTC)[.]$'
                )::timestamptz,
                sends.forecast_at
            )
        from analytics.send_forecast as sends
        limit 1
    );
end
$$;

revoke execute on function outreach.console_forecast_at() from public;
grant execute on function outreach.console_forecast_at() to console;
