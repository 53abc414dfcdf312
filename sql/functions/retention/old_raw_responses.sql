-- The outcomes whose raw response is older than its bound: at most most_rows, the oldest
-- first. The answer of a job that is sending or unknown is kept.
create or replace function outreach.old_raw_responses(
    workspace_id bigint,
    at timestamptz,
    most_rows bigint
)
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    recorded_before constant timestamptz
    := outreach.retention_bound('send_attempt_outcomes.raw_response', at);
begin
    return query
    select outcomes.outcome_id
    from outreach.send_attempt_outcomes as outcomes
    inner join outreach.send_attempts as attempts
        on
            attempts.workspace_id = old_raw_responses.workspace_id
            and outcomes.attempt_id = attempts.attempt_id
    inner join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = old_raw_responses.workspace_id
            and attempts.job_id = jobs.job_id
    where
        outcomes.workspace_id = old_raw_responses.workspace_id
        and outcomes.recorded_at < recorded_before
        and outcomes.raw_response is not null
        and jobs.status not in ('sending', 'unknown')
    order by outcomes.outcome_id
    limit most_rows;
end
$$;
