-- Begins the calls of claimed and rendered jobs: looks at everything again under
-- the accounts' locks, and for what still stands writes the attempt and adds to the
-- counter. The caller commits, and only then calls the provider.
-- rendered: [{"job_id", "variant", "request_sha256", "validation_stamps": [...]}]
-- What no longer stands goes back to the queue with its time unchanged, or is
-- cancelled where it must never be sent; refusal says why. A wait that timed out ends
-- here, without an attempt: nobody is called.
create or replace function outreach.begin_send_attempts(
    workspace_id bigint,
    worker text,
    rendered jsonb,
    as_of timestamptz default null,
    lease interval default interval '2 minutes'
)
returns setof outreach.begun_send_attempt
language plpgsql
set search_path = ''
set jit = off
as $$
#variable_conflict use_column
declare
    at timestamptz;
    send record;
    job outreach.campaign_send_jobs;
    begun outreach.begun_send_attempt;
begin
    perform outreach.assert_read_committed();

    perform
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = begin_send_attempts.workspace_id
        and accounts.account_id in (
            select jobs.account_id
            from jsonb_array_elements(rendered) as sends
            inner join outreach.campaign_send_jobs as jobs
                on
                    jobs.workspace_id = begin_send_attempts.workspace_id
                    and jobs.job_id = (sends ->> 'job_id')::bigint
        )
    order by accounts.account_id
    for no key update;

    -- A wait for those locks may have been long: the clock is read after it.
    at := coalesce(as_of, clock_timestamp());

    for send in
        select
            (sends ->> 'job_id')::bigint as job_id,
            sends ->> 'variant' as variant,
            sends ->> 'request_sha256' as request_sha256,
            array(
                select jsonb_array_elements_text(sends -> 'validation_stamps')
                order by 1
            ) as validation_stamps
        from jsonb_array_elements(rendered) as sends
        order by 1
    loop
        select jobs.*
        into job
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = begin_send_attempts.workspace_id
            and jobs.job_id = send.job_id;

        begun := row(send.job_id, null, null);

        if job.status is distinct from 'claimed'
            or job.claimed_by is distinct from worker
            or job.lease_expires_at <= at
        then
            begun.refusal := 'lease_lost';
            return next begun;
            continue;
        end if;

        begun := outreach.begin_or_refuse(
            job, worker, send.variant, send.request_sha256, send.validation_stamps,
            at, lease
        );

        return next begun;
    end loop;
end
$$;
