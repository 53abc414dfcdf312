-- When analytics.send_forecast was built; null if it has no row. Security definer: the
-- console reads it as its other pages.
create or replace function outreach.console_forecast_at()
returns timestamptz
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select sends.forecast_at
        from analytics.send_forecast as sends
        limit 1
    );
end
$$;

revoke execute on function outreach.console_forecast_at() from public;
grant execute on function outreach.console_forecast_at() to console;
