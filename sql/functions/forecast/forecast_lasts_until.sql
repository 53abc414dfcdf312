-- Until when a row of outreach.send_forecast says the same while none of its inputs
-- changes (outreach.forecast_digests), at most a day; an account's forecast lasts until
-- the first of these moments. It is as_of, or earlier, for a row that depends on the
-- clock:
-- * of a job that is due or being sent, since it can go from now on;
-- * of an act that does not go before the horizon, or may be followed by one after it;
-- * of one in the horizon's last eight days, whose next window may open after it.
-- A job that waits for something else than time and its turn has no such moment, and no
-- jobs_ahead_count. run_at: of the live job. The body is parsed at creation, so that no
-- search_path can change its meaning and a query can inline it.
create or replace function outreach.forecast_lasts_until(
    action text,
    expected_at timestamptz,
    latest_at timestamptz,
    jobs_ahead_count integer,
    contact_at timestamptz,
    run_at timestamptz,
    as_of timestamptz,
    horizon interval default '30 days'
)
returns timestamptz
language sql
stable
return case
    when
        forecast_lasts_until.jobs_ahead_count is null
        and forecast_lasts_until.expected_at is null
        then forecast_lasts_until.as_of + interval '24 hours'
    when
        forecast_lasts_until.jobs_ahead_count is null
        or forecast_lasts_until.expected_at is null
        or (
            forecast_lasts_until.contact_at is null
            and forecast_lasts_until.action <> 'withdraw_invite'
        )
        or greatest(
            forecast_lasts_until.expected_at, forecast_lasts_until.latest_at,
            forecast_lasts_until.contact_at
        )
        > forecast_lasts_until.as_of + forecast_lasts_until.horizon
        - interval '192 hours'
        then forecast_lasts_until.as_of
    else least(
        forecast_lasts_until.run_at, forecast_lasts_until.as_of + interval '24 hours'
    )
end;

-- Models of dbt ask it, too.
grant execute on function outreach.forecast_lasts_until(
    text, timestamptz, timestamptz, integer, timestamptz, timestamptz, timestamptz,
    interval
) to public;
