-- Ends the sequence of an enrollment whose person replied: a queued, claimed or parked
-- job is cancelled, and the status becomes replied. A call in progress or unanswered
-- waits for its outcome, after which the sequence ends. The caller holds the locks.
create or replace function outreach.end_as_replied(
    enrollment outreach.campaign_prospects,
    reason text,
    actor text,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    job outreach.campaign_send_jobs;
begin
    select jobs.*
    into job
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = enrollment.workspace_id
        and jobs.enrollment_id = enrollment.enrollment_id
        and jobs.status in ('queued', 'claimed', 'parked')
    for no key update;

    if found then
        perform outreach.set_job_status(job, 'cancelled', reason);
    end if;

    perform outreach.record_enrollment_event(
        enrollment.workspace_id, enrollment.enrollment_id, 'send_cancelled', actor, at,
        to_status => 'replied',
        details => jsonb_build_object('job_id', job.job_id, 'reason', reason)
    );
end
$$;
