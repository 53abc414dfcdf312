-- Rounds are judged and settled as sets: what took one row at a time goes.

drop function if exists outreach.record_sent_event(
    outreach.send_attempts, outreach.send_attempt_outcomes, text
);
drop function if exists outreach.settle_sent(
    outreach.send_attempts, outreach.campaign_send_jobs,
    outreach.send_attempt_outcomes, boolean, text
);
drop function if exists outreach.refusal_to_send(
    outreach.campaign_send_jobs, text, text [], timestamptz
);
drop function if exists outreach.begin_or_refuse(
    outreach.campaign_send_jobs, text, text, text, text [], timestamptz, interval
);
drop function if exists outreach.begin_send_attempt(
    outreach.campaign_send_jobs, text, text, text, text [], timestamptz
);

-- These give rows now, which a query can take in.
drop function if exists outreach.action_limits(bigint, bigint, text);
drop function if exists outreach.limit_reached(bigint, bigint, text, date, timestamptz);
drop function if exists outreach.claimable_job(bigint, bigint, timestamptz);

-- One look judges an attempt: attempts_are_judged_under_lock.
drop trigger if exists attempts_are_never_repeated on outreach.send_attempts;
drop trigger if exists attempts_stay_within_limits on outreach.send_attempts;
drop function if exists outreach.assert_attempt_is_no_repeat();
drop function if exists outreach.assert_attempt_stays_within_limits();
