-- Attempts of these jobs that a worker began and that have no outcome: what a worker
-- asks who lost its connection while beginning, and therefore called nobody.
create or replace function outreach.uncalled_attempts(
    workspace_id bigint,
    worker text,
    job_ids bigint []
)
returns setof bigint
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select attempts.attempt_id
    from outreach.campaign_send_jobs as jobs
    inner join outreach.attempt_states as attempts
        on
            jobs.workspace_id = attempts.workspace_id
            and jobs.job_id = attempts.job_id
            and jobs.claimed_by = attempts.worker
    where
        jobs.workspace_id = $1
        and jobs.job_id = any($3)
        and jobs.claimed_by = $2
        and jobs.status = 'sending'
        and attempts.state = 'open'
    order by attempts.attempt_id
$$;
