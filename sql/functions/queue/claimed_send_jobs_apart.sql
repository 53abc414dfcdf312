-- As outreach.assign_step_variants and outreach.claimed_send_jobs, each job by itself:
-- one whose wording cannot be drawn, or whose facts cannot be read, is passed over for
-- an hour with an alert and stops no other. The caller holds the accounts' locks.
create or replace function outreach.claimed_send_jobs_apart(
    workspace_id bigint,
    job_ids bigint [],
    at timestamptz
)
returns setof outreach.claimed_send_job
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    job outreach.campaign_send_jobs;
    send outreach.claimed_send_job;
begin
    for job in
        select jobs.*
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = claimed_send_jobs_apart.workspace_id
            and jobs.job_id = any(job_ids)
        order by jobs.job_id
    loop
        begin
            perform outreach.assign_step_variants(
                job.workspace_id, array[job.job_id], at
            );

            select facts.*
            into strict send
            from outreach.claimed_send_jobs(
                job.workspace_id, array[job.job_id]
            ) as facts;

            return next send;
        exception
            when transaction_rollback or operator_intervention
                or insufficient_resources
                then raise;
            when others then
                perform outreach.quarantine_job(job, sqlerrm, at);
        end;
    end loop;
end
$$;
