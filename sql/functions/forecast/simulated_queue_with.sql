-- A queue with one more job: it goes behind those that start at the same moment, and
-- behind those that are gone.
create or replace function outreach.simulated_queue_with(
    queue outreach.simulated_queue,
    gone_count integer,
    job integer,
    starts_at timestamptz
)
returns outreach.simulated_queue
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    -- How many go before it.
    before constant integer := greatest(
        width_bucket(starts_at, queue.starts_ats), gone_count
    );
begin
    queue.jobs := queue.jobs[:before] || array[job] || queue.jobs[before + 1:];
    queue.starts_ats
        := queue.starts_ats[:before] || array[starts_at]
        || queue.starts_ats[before + 1:];
    return queue;
end
$$;
