-- How many sends analytics.send_forecast expects in each of the hours after a moment,
-- also those without any. Security definer: the console reads it as its
-- other pages.
create or replace function outreach.console_sends_by_hour(
    at timestamptz,
    hours integer
)
returns table (
    starts_at timestamptz,
    invite_count bigint,
    message_count bigint,
    other_count bigint
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    counts as (

        select
            floor(
                extract(epoch from sends.expected_at - console_sends_by_hour.at) / 3600
            )::integer as hour,
            count(*) filter (where sends.action = 'send_invite') as invites,
            count(*) filter (where sends.action = 'send_message') as messages,
            count(*) as sends
        from analytics.send_forecast as sends
        where
            sends.expected_at > console_sends_by_hour.at
            and sends.expected_at
            < console_sends_by_hour.at + make_interval(hours => hours)
        group by 1

    )

    select
        console_sends_by_hour.at + make_interval(hours => spine.hour),
        coalesce(counts.invites, 0),
        coalesce(counts.messages, 0),
        coalesce(counts.sends - counts.invites - counts.messages, 0)
    from generate_series(0, hours - 1) as spine (hour)
    left join counts on spine.hour = counts.hour
    order by spine.hour;
end
$$;

revoke execute on function outreach.console_sends_by_hour(timestamptz, integer)
from public;
grant execute on function outreach.console_sends_by_hour(timestamptz, integer)
to console;
