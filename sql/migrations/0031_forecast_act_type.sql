create type outreach.forecast_act as (
    account_id bigint,
    enrollment_id bigint,
    act_number integer,
    job_id bigint,
    step_id bigint,
    action text,
    outlook text,
    expected_at timestamptz,
    earliest_at timestamptz,
    latest_at timestamptz,
    blocker text,
    jobs_ahead_count integer
);

comment on type outreach.forecast_act is
'What an account does for an enrollment if nothing changes, and when, or why it does '
'nothing.';
comment on column outreach.forecast_act.act_number is
'1 for the enrollment''s live job; the acts after it follow by themselves.';
comment on column outreach.forecast_act.job_id is
'Null for an act that has no job yet.';
comment on column outreach.forecast_act.step_id is
'Null, as action is, for an enrollment that waits without a job.';
comment on column outreach.forecast_act.outlook is
'expected; after_horizon; blocked, until a person, an accept or the provider acts; or '
'ending, if the sender ends the job without a call.';
comment on column outreach.forecast_act.blocker is
'Why not earlier, or why not at all, with its name in outreach.blockers().';
