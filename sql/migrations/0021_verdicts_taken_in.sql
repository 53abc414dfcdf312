-- A query takes in what gives rows: these were called once for each job.
drop function if exists outreach.is_as_rendered(
    outreach.campaign_send_jobs, text, text []
);
drop function if exists outreach.is_invited_elsewhere(
    outreach.campaign_send_jobs, bigint
);
drop function if exists outreach.is_cooled(
    outreach.campaign_send_jobs, bigint, timestamptz
);
