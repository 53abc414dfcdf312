-- One definition says whether something may be sent now: the functions that said it in
-- parts, or in another shape, go.

drop function if exists outreach.claimable_jobs(bigint, bigint [], timestamptz);
drop function if exists outreach.claimable_jobs_apart(bigint, bigint [], timestamptz);
drop function if exists outreach.claimed_send_jobs_apart(
    bigint, bigint [], timestamptz
);
drop function if exists outreach.claimed_send_jobs(bigint, bigint []);
drop function if exists outreach.claim_send_jobs(
    bigint, text, integer, timestamptz, text, interval
);
drop function if exists outreach.begin_or_refuse(
    bigint, text, jsonb, timestamptz, interval
);
drop function if exists outreach.refusals_to_send(bigint, text, jsonb, timestamptz);
drop function if exists outreach.is_as_rendered(
    outreach.campaign_send_jobs, text, text []
);
drop function if exists outreach.invited_elsewhere(
    outreach.campaign_send_jobs, bigint
);
drop function if exists outreach.limit_reached(
    bigint, bigint, text, date, timestamptz
);
drop function if exists outreach.action_limits(bigint, bigint, text);
drop function if exists outreach.spent_on_day(bigint, bigint, text, date);
drop function if exists outreach.spent_in_week(bigint, bigint, text, timestamptz);
drop function if exists outreach.quarantine_job(
    outreach.campaign_send_jobs, text, timestamptz
);
