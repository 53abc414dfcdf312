-- The job that follows one that goes at a moment, in a span and off by slack. It goes at
-- the same time, or after the wait of its step as outreach.jittered_moment() says, by the
-- spans, which the clamp has made: starts_at is null if it is in none of them.
-- null if no step follows.
create or replace function outreach.simulated_follower(
    workspace_id bigint,
    job outreach.simulated_job,
    paths outreach.simulated_path [],
    spans outreach.simulated_span [],
    goes_at timestamptz,
    span integer,
    slack interval
)
returns outreach.simulated_job
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    path outreach.simulated_path := paths[job.path];
    waited_at timestamptz := goes_at + path.waits_for;
begin
    if path.next_path is null then
        return null;
    end if;

    if not path.keeps_time then
        while (spans[span]).closes_at <= waited_at loop
            span := span + 1;
        end loop;

        job.starts_at := greatest(waited_at, (spans[span]).opens_at)
            + outreach.send_jitter(
                workspace_id, job.enrollment_id, (waited_at at time zone 'UTC')::date
            );

        while (spans[span]).closes_at <= job.starts_at loop
            span := span + 1;
        end loop;

        job.starts_at := case
            when (spans[span]).opens_at is not null
                then greatest(job.starts_at, (spans[span]).opens_at)
        end;
    end if;

    job.act_number := job.act_number + 1;
    job.path := path.next_path;
    job.queue := (paths[path.next_path]).queue;
    job.ready_at := greatest(job.starts_at, goes_at);
    job.slack_before := slack;
    return job;
end
$$;
