-- The jobs with which a simulation begins as so many queues, by the number of each.
create or replace function outreach.simulated_queues(
    jobs outreach.simulated_job [],
    queue_count integer
)
returns outreach.simulated_queue []
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    queues outreach.simulated_queue [];
begin
    select
        array_agg(
            row(
                coalesce(listed.jobs, '{}'), coalesce(listed.starts_ats, '{}')
            )::outreach.simulated_queue
            order by numbers.number
        )
    into queues
    from generate_series(1, queue_count) as numbers (number)
    left join (
        select
            job.queue,
            array_agg(job.root order by job.starts_at, job.root) as jobs,
            array_agg(job.starts_at order by job.starts_at, job.root) as starts_ats
        from unnest(simulated_queues.jobs) as job
        group by job.queue
    ) as listed
        on numbers.number = listed.queue;

    return queues;
end
$$;
