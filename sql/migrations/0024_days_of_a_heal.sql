-- How many days a heal looks back is the caller's word: these are made anew with it.
drop function if exists outreach.heal_daily_counters(bigint, text, timestamptz);
drop function if exists outreach.heal_drifted_account(
    bigint, bigint, date, text, timestamptz
);
drop function if exists outreach.drifted_accounts(bigint, timestamptz);

-- It says whose profile a namesake's is, and when it is where the account lives.
drop function if exists outreach.enrollments_of_person(text);
