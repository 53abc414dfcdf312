-- Attempts of these jobs that a worker began and that have no outcome. A worker that
-- lost its connection during begin reads them, because it has made no call.
create or replace function outreach.uncalled_attempts(
    workspace_id bigint,
    worker text,
    job_ids bigint []
)
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select attempts.attempt_id
    from outreach.campaign_send_jobs as jobs
    inner join outreach.attempt_states as attempts
        on
            attempts.workspace_id = uncalled_attempts.workspace_id
            and jobs.job_id = attempts.job_id
            and jobs.claimed_by = attempts.worker
    where
        jobs.workspace_id = uncalled_attempts.workspace_id
        and jobs.job_id = any(uncalled_attempts.job_ids)
        and jobs.claimed_by = uncalled_attempts.worker
        and jobs.status = 'sending'
        and attempts.state = 'open'
    order by attempts.attempt_id;
end
$$;
