-- Parks claimed jobs whose templates failed to render; no call is made and no limit is
-- spent.
-- failures: [{"job_id", "validation_stamps": [...], "error": {...}}]
-- Parks a job only if the stamps are still the rendered ones: after a save of the
-- template the job is queued again, to be rendered again. Returns the parked jobs.
create or replace function outreach.park_send_jobs(
    workspace_id bigint,
    worker text,
    failures jsonb,
    as_of timestamptz default null
)
returns setof bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
    at timestamptz;
    failure record;
    job outreach.campaign_send_jobs;
begin
    perform outreach.assert_read_committed();

    locked_account_ids := array(
        select distinct jobs.account_id
        from jsonb_array_elements(failures) as failed
        inner join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = park_send_jobs.workspace_id
                and jobs.job_id = (failed ->> 'job_id')::bigint
    );

    perform outreach.lock_accounts(park_send_jobs.workspace_id, locked_account_ids);

    at := coalesce(as_of, clock_timestamp());

    for failure in
        select
            (failed ->> 'job_id')::bigint as job_id,
            array(
                select jsonb_array_elements_text(failed -> 'validation_stamps')
            ) as validation_stamps,
            failed -> 'error' as error
        from jsonb_array_elements(failures) as failed
        order by 1
    loop
        select jobs.*
        into job
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = park_send_jobs.workspace_id
            and jobs.job_id = failure.job_id
            and jobs.status = 'claimed'
            and jobs.claimed_by = worker;

        continue when not found;

        if failure.validation_stamps <@ array(
            select templates.validation_stamp
            from outreach.campaign_step_templates as templates
            where
                templates.workspace_id = job.workspace_id
                and templates.step_id = job.step_id
        ) then
            perform outreach.park_job(job, failure.error, worker, at);
            return next job.job_id;
        else
            perform outreach.set_job_status(job, 'queued');
        end if;
    end loop;
end
$$;
