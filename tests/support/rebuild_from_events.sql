-- Recreates, in a database with only the append-only and the configuration tables, all
-- derived rows: enrollments, jobs with a call, daily counters. A call without an answer
-- becomes unknown. Queued jobs have no event; outreach.reconcile_orphans() creates
-- them. For a session with session_replication_role = replica, because the events of
-- all flips exist already.
create or replace function outreach.rebuild_from_events(as_of timestamptz default null)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
begin
    if current_setting('session_replication_role') <> 'replica' then
        raise exception 'rows with existing events would get new ones'
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Run `set session_replication_role = replica` first.';
    end if;

    if exists (select 1 from outreach.campaign_prospects)
        or exists (select 1 from outreach.campaign_send_jobs)
        or exists (select 1 from outreach.linkedin_daily_counters)
    then
        raise exception 'the database has enrollments, jobs or counters already'
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

    -- New rows get higher ids than the existing ones.
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
