-- What a forecast keeps of an account while it simulates the sender
-- (outreach.simulate_sends). No table has a column of these types.

create type outreach.simulated_limit as (
    held_until timestamptz,
    limited_on date,
    per_day integer,
    per_week integer,
    per_month integer,
    outstanding integer,
    minimum_gap interval,
    spent_on date,
    spent_on_day integer,
    spent_in_month integer,
    spent_ats timestamptz [],
    newest_at timestamptz
);

comment on type outreach.simulated_limit is
'The hold on an action, its limits on a day, and what is spent of them.';
comment on column outreach.simulated_limit.limited_on is
'The account''s date that the limits are of.';
comment on column outreach.simulated_limit.spent_on is
'The account''s date of the newest send that spends a limit; spent_on_day and '
'spent_in_month are of this day and of its month.';
comment on column outreach.simulated_limit.spent_ats is
'The sends of the last week that spend a limit, from the oldest on.';
comment on column outreach.simulated_limit.newest_at is
'When the newest send began, also one that spends nothing; the gap counts from it.';

create type outreach.simulated_delay as (
    free_from timestamptz,
    held_until timestamptz,
    limited_until timestamptz,
    limited_by text,
    gap_until timestamptz,
    cut_short interval
);

comment on type outreach.simulated_delay is
'Until when the jobs of one queue wait or have waited, and for what.';
comment on column outreach.simulated_delay.free_from is
'No job of the queue goes before.';
comment on column outreach.simulated_delay.cut_short is
'How far the queue''s forecast is off because windows closed on waiting jobs.';

create type outreach.simulated_job as (
    root integer,
    act_number integer,
    enrollment_id bigint,
    path integer,
    queue integer,
    starts_at timestamptz,
    ready_at timestamptz,
    slack_before interval
);

comment on type outreach.simulated_job is
'A job of the queue, or one that follows such a job.';
comment on column outreach.simulated_job.root is
'The number of the job in the queue that this one is or follows; act_number is 1 for '
'itself.';
comment on column outreach.simulated_job.path is
'The number of its place on the way through its campaign (outreach.simulated_path).';
comment on column outreach.simulated_job.ready_at is
'It cannot go before: it starts later, or is not known yet.';
comment on column outreach.simulated_job.slack_before is
'How far the forecast of the act before it may be off; a minute if it is the first.';

create type outreach.simulated_path as (
    queue integer,
    next_path integer,
    waits_for interval,
    keeps_time boolean
);

comment on type outreach.simulated_path is
'A row of outreach.forecast_paths, with the number of its queue.';

create type outreach.simulated_span as (
    opens_at timestamptz,
    closes_at timestamptz,
    counted_on date,
    next_day_at timestamptz
);

comment on type outreach.simulated_span is
'A row of outreach.sending_spans, with the opening of the account''s next day.';

create type outreach.simulated_queue as (
    jobs integer [],
    starts_ats timestamptz []
);

comment on type outreach.simulated_queue is
'The numbers of the jobs of one queue, and when each starts, in the order in which they '
'go. The first ones may be gone.';
