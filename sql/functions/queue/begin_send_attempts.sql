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
    verdict record;
    begun_job_ids bigint [] := '{}';
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

    for verdict in
        select written.*
        from outreach.write_send_attempts(
            begin_send_attempts.workspace_id, worker, rendered, at
        ) as written
    loop
        if verdict.attempt_id is not null then
            begun_job_ids := begun_job_ids || verdict.job_id;
        elsif verdict.refusal = 'lease_lost' then
            null; -- another worker may hold it
        elsif verdict.refusal is null then
            perform outreach.end_wait(verdict.job, worker, at);
            verdict.refusal := 'wait_ended';
        elsif verdict.sender_does = 'cancel'
            and (verdict.job).answer_id is not null
        then
            perform outreach.set_job_status(verdict.job, 'cancelled', verdict.refusal);
        elsif verdict.sender_does = 'cancel'
            and verdict.refusal in ('do_not_contact', 'invited_by_another_campaign')
        then
            perform outreach.stop_enrollments(
                begin_send_attempts.workspace_id, array[(verdict.job).enrollment_id],
                verdict.refusal, worker, at
            );
        elsif verdict.sender_does = 'cancel' then
            -- The status of the enrollment is the reason.
            perform outreach.set_job_status(verdict.job, 'cancelled', verdict.refusal);
            perform outreach.record_enrollment_event(
                begin_send_attempts.workspace_id, (verdict.job).enrollment_id,
                'send_cancelled', worker, at,
                step_id => (verdict.job).step_id,
                details => jsonb_build_object(
                    'job_id', verdict.job_id, 'reason', verdict.refusal
                )
            );
        elsif verdict.sender_does = 'resume' then
            perform outreach.set_job_status(verdict.job, 'cancelled', verdict.refusal);
            perform outreach.resume_step(verdict.job, worker, at);
        else
            perform outreach.set_job_status(verdict.job, 'queued');
        end if;

        return next row(verdict.job_id, verdict.attempt_id, verdict.refusal);
    end loop;

    update outreach.campaign_send_jobs as jobs
    set
        status = 'sending',
        lease_expires_at = at + lease
    where
        jobs.workspace_id = begin_send_attempts.workspace_id
        and jobs.job_id = any(begun_job_ids);
end
$$;
