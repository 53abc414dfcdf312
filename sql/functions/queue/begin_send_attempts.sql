-- Begins the calls of claimed and rendered jobs: checks each again under the accounts'
-- locks, writes an attempt for each job without a blocker, and adds to the counter. The
-- caller commits, and only then calls the provider.
-- rendered: [{"job_id", "variant", "request_sha256", "validation_stamps": [...],
--   "has_note", "provider_account_id", "recipient_provider_id"}], the last two as they
--   are called
-- A job with a blocker returns to the queue with its time unchanged; a job that must
-- never be sent is cancelled; refusal is the reason. A wait that timed out ends here,
-- without an attempt or a call. If a row raises an error, the call fails and the caller
-- begins fewer jobs.
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
-- Forces one index look-up per row, which is fast whatever the statistics.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set enable_bitmapscan = off
set jit = off
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
    at timestamptz;
    standing_job_ids bigint [] := '{}';
    standing jsonb;
    refused record;
begin
    perform outreach.assert_read_committed();

    locked_account_ids := array(
        select distinct jobs.account_id
        from jsonb_array_elements(rendered) as sends
        inner join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = begin_send_attempts.workspace_id
                and jobs.job_id = (sends ->> 'job_id')::bigint
    );

    perform outreach.lock_accounts(begin_send_attempts.workspace_id, locked_account_ids);

    -- The wait for the locks may be long, so the clock is read after it.
    at := coalesce(as_of, clock_timestamp());

    for refused in
        select
            refusals.job_id,
            refusals.job,
            refusals.refusal,
            refusals.sender_does
        from outreach.refusals_to_send(
            begin_send_attempts.workspace_id, worker, rendered, at
        ) as refusals
        order by refusals.job_id
    loop
        if refused.refusal = 'lease_lost' then
            null; -- another worker may hold it
        elsif refused.sender_does = 'cancel'
            and (refused.job).answer_id is not null
        then
            perform outreach.set_job_status(refused.job, 'cancelled', refused.refusal);
        elsif refused.sender_does = 'cancel'
            and refused.refusal in ('do_not_contact', 'invited_by_another_campaign')
        then
            perform outreach.stop_enrollment(
                begin_send_attempts.workspace_id, (refused.job).enrollment_id,
                refused.refusal, worker, at
            );
        elsif refused.sender_does = 'cancel' then
            -- The status of the enrollment is the reason.
            perform outreach.set_job_status(refused.job, 'cancelled', refused.refusal);
            perform outreach.record_enrollment_event(
                begin_send_attempts.workspace_id, (refused.job).enrollment_id,
                'send_cancelled', worker, at,
                step_id => (refused.job).step_id,
                details => jsonb_build_object(
                    'job_id', refused.job_id, 'reason', refused.refusal
                )
            );
        elsif refused.sender_does = 'resume' then
            perform outreach.set_job_status(refused.job, 'cancelled', refused.refusal);
            perform outreach.resume_step(refused.job, worker, at);
        elsif refused.refusal is not null then
            perform outreach.set_job_status(refused.job, 'queued');
        elsif (refused.job).action = 'end_wait' then
            perform outreach.end_wait(refused.job, worker, at);
            refused.refusal := 'wait_ended';
        else
            standing_job_ids := standing_job_ids || refused.job_id;
            continue;
        end if;

        return next row(refused.job_id, null::bigint, refused.refusal);
    end loop;

    standing := (
        select coalesce(jsonb_agg(sends.send), '[]')
        from jsonb_array_elements(rendered) as sends (send)
        where (sends.send ->> 'job_id')::bigint = any(standing_job_ids)
    );

    return query
    select written.*
    from outreach.write_send_attempts(
        begin_send_attempts.workspace_id, worker, standing, at, lease
    ) as written;
end
$$;
