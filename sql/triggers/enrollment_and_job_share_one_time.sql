-- next_action_at and the live job's run_at are equal, and both null without a live job
-- (LL#274, LL#279). Checked at commit from both sides, on the rows at that time.
create or replace function outreach.assert_enrollment_and_job_share_one_time()
returns trigger
language plpgsql
security definer -- the check must see both sides for every role
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
    changed constant record := case when tg_op = 'DELETE' then old else new end;
    times record;
begin
    -- At other levels, two transactions that each change one side would both pass.
    perform outreach.assert_read_committed();

    select
        enrollments.next_action_at,
        jobs.run_at
    into times
    from outreach.campaign_prospects as enrollments
    left join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = changed.workspace_id
            and jobs.enrollment_id = changed.enrollment_id
            and outreach.is_live_job(jobs.status)
    where
        enrollments.workspace_id = changed.workspace_id
        and enrollments.enrollment_id = changed.enrollment_id;

    if times.next_action_at is distinct from times.run_at then
        raise exception
            'enrollment % of workspace % is due at %, but its live job at %',
            changed.enrollment_id, changed.workspace_id,
            coalesce(times.next_action_at::text, 'no time'),
            coalesce(times.run_at::text, 'no time')
            using
                errcode = 'check_violation',
                hint = 'Call outreach.reschedule_enrollment(): it sets both at once.';
    end if;

    return null;
end
$$;

drop trigger if exists enrollment_shares_its_jobs_time on outreach.campaign_prospects;

create constraint trigger enrollment_shares_its_jobs_time
after update on outreach.campaign_prospects
deferrable initially deferred
for each row
when (old.next_action_at is distinct from new.next_action_at)
execute function outreach.assert_enrollment_and_job_share_one_time();

drop trigger if exists new_enrollment_shares_its_jobs_time
on outreach.campaign_prospects;

create constraint trigger new_enrollment_shares_its_jobs_time
after insert on outreach.campaign_prospects
deferrable initially deferred
for each row
when (new.next_action_at is not null) -- an existing job has its own check
execute function outreach.assert_enrollment_and_job_share_one_time();

drop trigger if exists new_job_shares_its_enrollments_time
on outreach.campaign_send_jobs;

create constraint trigger new_job_shares_its_enrollments_time
after insert or delete on outreach.campaign_send_jobs
deferrable initially deferred
for each row
execute function outreach.assert_enrollment_and_job_share_one_time();

drop trigger if exists moved_job_shares_its_enrollments_time
on outreach.campaign_send_jobs;

-- A job without a time is parked or ended, so each relevant change of status also
-- changes run_at.
create constraint trigger moved_job_shares_its_enrollments_time
after update on outreach.campaign_send_jobs
deferrable initially deferred
for each row
when (old.run_at is distinct from new.run_at)
execute function outreach.assert_enrollment_and_job_share_one_time();
