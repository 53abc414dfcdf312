-- Stored answers that never took effect: the newest attempt of an unknown job is known
-- to be sent or unsent. One row per job, with the outcome that proves it.
create or replace function outreach.unsettled_answers(workspace_id bigint)
returns table (
    account_id bigint,
    job_id bigint,
    attempt_id bigint,
    outcome_id bigint,
    outcome text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        jobs.account_id,
        jobs.job_id,
        newest.attempt_id,
        deciding.outcome_id,
        deciding.outcome
    from outreach.campaign_send_jobs as jobs
    cross join lateral (
        select attempts.attempt_id
        from outreach.send_attempts as attempts
        where
            attempts.workspace_id = unsettled_answers.workspace_id
            and attempts.job_id = jobs.job_id
        order by attempts.attempt_id desc
        limit 1
    ) as newest
    cross join lateral (
        select
            outcomes.outcome_id,
            outcomes.outcome
        from outreach.send_attempt_outcomes as outcomes
        where
            outcomes.workspace_id = unsettled_answers.workspace_id
            and outcomes.attempt_id = newest.attempt_id
            and outcomes.means in ('sent', 'unsent')
        -- Evidence of a send has priority over a refusal.
        order by outcomes.means, outcomes.outcome_id desc
        limit 1
    ) as deciding
    where
        jobs.workspace_id = unsettled_answers.workspace_id
        and jobs.status = 'unknown';
end
$$;
