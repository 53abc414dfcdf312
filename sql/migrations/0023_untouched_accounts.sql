-- A heal says how many accounts it left alone, not how many counters.
drop function if exists outreach.todays_daily_counters(timestamptz);
