-- Makes again, in a database that holds only what was appended and what was set up, all
-- that is derived from it: enrollments, jobs whose call was made, daily counters. A call
-- without an answer is unknown: nobody waits for it any more. What was queued is no
-- event; outreach.reconcile_orphans() gives such enrollments a job.
-- For a session that sets session_replication_role = replica, as every loader of rows
-- that have their history: each flip's event is there already.
create or replace function outreach.rebuild_from_events(as_of timestamptz default null)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
begin
    if current_setting('session_replication_role') <> 'replica' then
        raise exception 'rows that have their events already would get new ones'
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Say `set session_replication_role = replica` first.';
    end if;

    if exists (select 1 from outreach.campaign_prospects)
        or exists (select 1 from outreach.campaign_send_jobs)
        or exists (select 1 from outreach.linkedin_daily_counters)
    then
        raise exception 'the database holds enrollments, jobs or counters already'
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Rebuild into a database that was only migrated.';
    end if;

    insert into outreach.campaign_prospects
    overriding system value
    select * from outreach.past_campaign_prospects(at);

    insert into outreach.campaign_send_jobs
    overriding system value
    select
        jobs.*
    from outreach.past_campaign_send_jobs(at) as told
    cross join lateral jsonb_populate_record(
        told,
        jsonb_build_object(
            'status', case told.status when 'sending' then 'unknown' else told.status end
        )
    ) as jobs;

    update outreach.campaign_prospects as enrollments
    set next_action_at = jobs.run_at
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = enrollments.workspace_id
        and jobs.enrollment_id = enrollments.enrollment_id
        and jobs.run_at is not null;

    insert into outreach.linkedin_daily_counters (
        workspace_id, account_id, action, counted_on, count, updated_at
    )
    select
        truths.workspace_id,
        truths.account_id,
        truths.action,
        truths.counted_on,
        truths.truth,
        at
    from outreach.daily_counter_truths() as truths;

    -- What comes next is numbered after what was there.
    perform
        setval(
            pg_get_serial_sequence('outreach.campaign_prospects', 'enrollment_id'),
            (select coalesce(max(enrollment_id), 0) + 1 from outreach.campaign_prospects),
            false
        ),
        setval(
            pg_get_serial_sequence('outreach.campaign_send_jobs', 'job_id'),
            (select coalesce(max(job_id), 0) + 1 from outreach.campaign_send_jobs),
            false
        );
end
$$;
