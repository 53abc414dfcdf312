-- The earliest and the latest moment of a forecast that may be off by slack. What is left
-- of slack at the end of a sending window goes on when the next one opens, and what is
-- left at its start goes back to the end of the window before.
-- ready_at: the job cannot go before.
-- opens_at, closes_at: the window in which it is expected.
-- closed_before_at: the end of the window before, if the job may go there already.
-- opens_after_at: when the next window opens.
create or replace function outreach.forecast_bounds(
    expected_at timestamptz,
    ready_at timestamptz,
    slack interval,
    opens_at timestamptz,
    closes_at timestamptz,
    closed_before_at timestamptz,
    opens_after_at timestamptz,
    out earliest_at timestamptz,
    out latest_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
    earliest_at := expected_at - slack;
    latest_at := expected_at + slack;

    if earliest_at < opens_at then
        earliest_at := coalesce(
            closed_before_at - (opens_at - earliest_at), opens_at
        );
    end if;

    if latest_at > closes_at then
        latest_at := opens_after_at + (latest_at - closes_at);
    end if;

    earliest_at := greatest(earliest_at, ready_at);
end
$$;
