-- Jobs that nobody will move: leases that ended long ago, attempts without any word
-- whose job waits for none, answers that never took effect, and queued jobs that no
-- claim looks at.
create or replace function outreach.stuck_jobs(as_of timestamptz)
returns table (workspace_id bigint, subject text, detail text)
language sql
stable
set search_path = ''
as $$
    select
        jobs.workspace_id,
        'job ' || jobs.job_id,
        'is ' || jobs.status || ' by ' || jobs.claimed_by
        || ' under a lease that ended at ' || jobs.lease_expires_at
    from outreach.campaign_send_jobs as jobs
    where
        jobs.status in ('claimed', 'sending')
        and jobs.lease_expires_at < $1 - interval '5 minutes'

    union all

    select
        attempts.workspace_id,
        'attempt ' || attempts.attempt_id,
        'has no outcome, but its job is ' || jobs.status
    from outreach.send_attempts as attempts
    inner join outreach.campaign_send_jobs as jobs
        on
            attempts.workspace_id = jobs.workspace_id
            and attempts.job_id = jobs.job_id
    where
        jobs.status not in ('sending', 'unknown')
        and outreach.attempt_state(attempts.workspace_id, attempts.attempt_id)
        = 'open'

    union all

    select
        workspaces.workspace_id,
        'job ' || unsettled.job_id,
        'is unknown, though an answer says ' || unsettled.outcome
    from outreach.workspaces
    cross join lateral outreach.unsettled_answers(
        workspaces.workspace_id
    ) as unsettled

    union all

    select
        jobs.workspace_id,
        'job ' || jobs.job_id,
        'is queued for ' || jobs.run_at
        || ', before the start of its list in outreach.send_queue_starts'
    from outreach.campaign_send_jobs as jobs
    left join outreach.send_queue_starts as starts
        on
            jobs.workspace_id = starts.workspace_id
            and jobs.account_id = starts.account_id
            and jobs.action = starts.list
    where
        jobs.status = 'queued'
        and (starts.starts_at <= jobs.run_at) is not true
$$;
