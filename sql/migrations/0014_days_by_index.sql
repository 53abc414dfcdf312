-- A day's rows counted from an index alone, its keys in the order of the grouping: the
-- rows are wide, and reading them took a quarter of a pass over the whole table.

create index send_attempts_of_day
on outreach.send_attempts (counted_on, workspace_id, account_id, action);

create index campaign_events_of_day
on outreach.campaign_events (counted_on, workspace_id, account_id, action)
where counted_on is not null;

drop index outreach.send_attempts_counted_on;
drop index outreach.campaign_events_counted_on;

-- Calls that are known unsent, by when that was known: those of a day are few.
create index send_attempt_outcomes_unsent_recorded_at
on outreach.send_attempt_outcomes (recorded_at) include (workspace_id, attempt_id)
where means = 'unsent';

-- An index alone answers only for pages that vacuum has seen. By default it comes when a
-- table has grown by a fifth, which is weeks; it reads new pages only, so it may come
-- often.
alter table outreach.send_attempts set (
    autovacuum_vacuum_insert_threshold = 5000,
    autovacuum_vacuum_insert_scale_factor = 0
);
alter table outreach.campaign_events set (
    autovacuum_vacuum_insert_threshold = 5000,
    autovacuum_vacuum_insert_scale_factor = 0
);
alter table outreach.send_attempt_outcomes set (
    autovacuum_vacuum_insert_threshold = 5000,
    autovacuum_vacuum_insert_scale_factor = 0
);
