-- Jobs that nobody will move: leases that ended long ago, attempts without any word
-- whose job waits for none, answers that never took effect, and live jobs that no claim
-- sees.
create or replace function outreach.stuck_jobs(as_of timestamptz)
returns table (workspace_id bigint, subject text, detail text)
language sql
stable
set search_path = pg_catalog, pg_temp
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
        workspaces.workspace_id,
        'job ' || hidden.job_id,
        'stands at ' || hidden.stands_at || ' before the start of its list '
        || hidden.list || ' in outreach.send_queue_watermarks'
    from outreach.workspaces
    cross join lateral outreach.jobs_below_watermark(workspaces.workspace_id) as hidden
$$;
