-- What goes out in the next hours if nothing changes, each row with its part: hour has how
-- many sends are expected in each hour, next has the first ones, and foreseen says since
-- when they are. Where at most most_jobs are due they are foreseen now (is_live), else as
-- analytics.send_forecast has them; no row while dbt has not built it. Security definer:
-- the console reads it, without rights to its tables.
create or replace function outreach.console_outlook(
    at timestamptz,
    hours integer,
    most_jobs integer,
    most_next integer
)
returns table (
    part text,
    shown jsonb
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    until constant timestamptz := at + make_interval(hours => console_outlook.hours);
begin
    if outreach.console_can_forecast(until, most_jobs) then
        return query
        with

        sends as materialized (

            select
                foreseen.*,
                floor(
                    extract(
                        epoch from foreseen.expected_at - console_outlook.at
                    ) / 3600
                )::integer as hour
            from outreach.console_live_forecast(
                console_outlook.at, until, most_jobs
            ) as foreseen

        )

        select
            'foreseen',
            jsonb_build_object('foreseen_at', console_outlook.at, 'is_live', true)
        union all
        select
            'hour',
            to_jsonb(counted)
        from (
            select
                console_outlook.at + make_interval(hours => spine.hour) as starts_at,
                count(*) filter (where sends.action = 'send_invite') as invite_count,
                count(*) filter (where sends.action = 'send_message') as message_count,
                count(*) filter (
                    where sends.action not in ('send_invite', 'send_message')
                ) as other_count
            from generate_series(0, console_outlook.hours - 1) as spine (hour)
            left join sends
                on
                    spine.hour
                    = least(greatest(sends.hour, 0), console_outlook.hours - 1)
            group by spine.hour
            order by spine.hour
        ) as counted
        union all
        (
            select
                'next',
                to_jsonb(sends)
            from sends
            order by
                sends.expected_at,
                sends.account_id
            limit most_next
        );
    elsif to_regclass('analytics.send_forecast') is not null then
        return query
        select
            'foreseen',
            jsonb_build_object(
                'foreseen_at', outreach.console_forecast_at(), 'is_live', false
            )
        union all
        select
            'hour',
            to_jsonb(counted)
        from outreach.console_sends_by_hour(
            console_outlook.at, console_outlook.hours
        ) as counted
        union all
        select
            'next',
            to_jsonb(sends)
        from outreach.console_next_sends(console_outlook.at, until, most_next) as sends;
    end if;
end
$$;

revoke execute on function outreach.console_outlook(
    timestamptz, integer, integer, integer
) from public;
grant execute on function outreach.console_outlook(
    timestamptz, integer, integer, integer
) to console;
