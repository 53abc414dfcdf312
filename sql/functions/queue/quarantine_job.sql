-- Skips a claimed job for an hour because it raises an error, and opens an alert. The
-- job stays queued with its time; an answer has no person to be passed over, so its own
-- time is moved. Does nothing if the worker has lost the job.
create or replace function outreach.quarantine_job(
    workspace_id bigint,
    worker text,
    job_id bigint,
    message text,
    as_of timestamptz default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at timestamptz;
    job outreach.campaign_send_jobs;
begin
    perform
    from outreach.linkedin_accounts as accounts
    inner join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = quarantine_job.workspace_id
            and accounts.account_id = jobs.account_id
    where
        accounts.workspace_id = quarantine_job.workspace_id
        and jobs.job_id = quarantine_job.job_id
    for no key update of accounts;

    at := coalesce(as_of, clock_timestamp());

    select jobs.*
    into job
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = quarantine_job.workspace_id
        and jobs.job_id = quarantine_job.job_id
        and jobs.status = 'claimed'
        and jobs.claimed_by = quarantine_job.worker;

    if not found then
        return;
    end if;

    perform outreach.set_job_status(job, 'queued');

    update outreach.campaign_send_jobs as jobs
    set run_at = at + interval '1 hour'
    where
        jobs.workspace_id = job.workspace_id
        and jobs.job_id = job.job_id
        and jobs.answer_id is not null;

    insert into outreach.prospect_cooldowns as cooldowns (
        workspace_id, account_id, prospect_id, action, cooled_until, reason
    )
    select
        job.workspace_id,
        job.account_id,
        enrollments.prospect_id,
        job.action,
        at + interval '1 hour',
        'error'
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = job.workspace_id
        and enrollments.enrollment_id = job.enrollment_id
    on conflict (workspace_id, account_id, prospect_id, action) do update
    set
        cooled_until = greatest(cooldowns.cooled_until, excluded.cooled_until),
        reason = excluded.reason;

    perform outreach.open_admin_alert(
        job.workspace_id, 'job_cannot_begin', 'job ' || job.job_id,
        'Job ' || job.job_id || ' of '
        || coalesce(
            'enrollment ' || job.enrollment_id, 'answer ' || job.answer_id
        )
        || ' cannot begin and is tried again in an hour: ' || message,
        jsonb_build_object('job_id', job.job_id),
        at
    );
end
$$;
