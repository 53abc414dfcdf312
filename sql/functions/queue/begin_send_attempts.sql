-- Begins the calls of claimed and rendered jobs: looks at everything again under
-- the accounts' locks, and for what still stands writes the attempt and adds to the
-- counter. The caller commits, and only then calls the provider.
-- rendered: [{"job_id", "variant", "request_sha256", "validation_stamps": [...]}]
-- What no longer stands goes back to the queue with its time unchanged, or is
-- cancelled where it must never be sent; refusal says why. A wait that timed out ends
-- here, without an attempt: nobody is called.
-- What stands is begun together, the few others each by itself.
create or replace function outreach.begin_send_attempts(
    workspace_id bigint,
    worker text,
    rendered jsonb,
    as_of timestamptz default null,
    lease interval default interval '2 minutes'
)
returns setof outreach.begun_send_attempt
language plpgsql
set search_path = pg_catalog, pg_temp
-- One index look-up per row has no bad plan, whatever the statistics say.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
#variable_conflict use_column
declare
    at timestamptz;
    standing jsonb;
    others jsonb;
    begun outreach.begun_send_attempt [];
    other record;
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

    begin
        select
            jsonb_agg(refusals.send) filter (where refusals.stands),
            jsonb_agg(refusals.send) filter (where not refusals.stands)
        into standing, others
        from (
            select
                refusals.send,
                refusals.refusal is null
                and (refusals.job).action <> 'end_wait' as stands
            from outreach.refusals_to_send(
                begin_send_attempts.workspace_id, worker, rendered, at
            ) as refusals
        ) as refusals;

        begun := array(
            select written
            from outreach.write_send_attempts(
                begin_send_attempts.workspace_id, worker,
                coalesce(standing, '[]'), at, lease
            ) as written
        );
    exception
        when transaction_rollback or operator_intervention or insufficient_resources
            then raise;
        when others then
            -- One of them cannot be judged or begun: each by itself, so that it stops
            -- no other.
            others := rendered;
    end;

    return query
    select written.*
    from unnest(begun) as written;

    for other in
        select jsonb_build_array(sends.send) as rendered
        from jsonb_array_elements(others) as sends (send)
        order by (sends.send ->> 'job_id')::bigint
    loop
        return next outreach.begin_or_refuse(
            begin_send_attempts.workspace_id, worker, other.rendered, at, lease
        );
    end loop;
end
$$;
