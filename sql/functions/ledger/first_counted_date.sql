-- The first calendar day of any account on which a send counts; null without a send.
-- Both indexes start with the day, so that one row of each is read.
create or replace function outreach.first_counted_date()
returns date
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return least(
        (select min(attempts.counted_on) from outreach.send_attempts as attempts),
        (select min(events.counted_on) from outreach.campaign_events as events)
    );
end
$$;
