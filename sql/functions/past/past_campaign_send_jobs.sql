-- Jobs at a past moment, as far as the ledger proves their state: completed, or with a
-- call that was unanswered or unknown then. A completed job without an attempt was
-- loaded in that state. Queued, claimed, parked and cancelled jobs have no history and
-- are left out. Columns that are not named here are null.
create or replace function outreach.past_campaign_send_jobs(at timestamptz)
returns setof outreach.campaign_send_jobs
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    newest_attempts as (

        select distinct on (workspace_id, job_id) *
        from outreach.send_attempts
        where begun_at <= past_campaign_send_jobs.at
        order by
            workspace_id,
            job_id,
            attempt_id desc

    ),

    evidence as (

        select
            workspace_id,
            attempt_id,
            bool_or(means = 'sent') as is_sent,
            bool_or(means = 'unsent') as is_unsent
        from outreach.send_attempt_outcomes
        where recorded_at <= past_campaign_send_jobs.at
        group by
            workspace_id,
            attempt_id

    ),

    rebuilt as (

        select
            attempts.workspace_id,
            attempts.job_id,
            attempts.enrollment_id,
            attempts.campaign_id,
            attempts.step_id,
            attempts.account_id,
            attempts.action,
            case
                when evidence.is_sent then 'completed'
                when evidence.attempt_id is null then 'sending'
                else 'unknown'
            end as status,
            case when evidence.is_sent is not true then attempts.begun_at end as run_at,
            case when evidence.is_sent then attempts.begun_at end as completed_at,
            0 as retry_count,
            attempts.begun_at as created_at
        from newest_attempts as attempts
        left join evidence using (workspace_id, attempt_id)
        where
            evidence.is_sent
            or evidence.is_unsent is not true

        union all

        select
            jobs.workspace_id,
            jobs.job_id,
            jobs.enrollment_id,
            jobs.campaign_id,
            jobs.step_id,
            jobs.account_id,
            jobs.action,
            jobs.status,
            jobs.run_at,
            jobs.completed_at,
            jobs.retry_count,
            jobs.created_at
        from outreach.campaign_send_jobs as jobs
        where
            jobs.completed_at <= past_campaign_send_jobs.at
            and not exists (
                select 1
                from outreach.send_attempts as attempts
                where
                    attempts.workspace_id = jobs.workspace_id
                    and attempts.job_id = jobs.job_id
            )

    )

    select past.*
    from rebuilt
    cross join lateral jsonb_populate_record(
        null::outreach.campaign_send_jobs, to_jsonb(rebuilt)
    ) as past;
end
$$;
