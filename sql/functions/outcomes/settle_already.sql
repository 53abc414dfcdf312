-- What a job was to bring about is so already, and is no send: the person is a
-- connection, or an invite to them is pending. The enrollment goes on from there.
-- Found while taking an invite back, a connection means that it was accepted.
create or replace function outreach.settle_already(
    job outreach.campaign_send_jobs,
    outcome text,
    actor text,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform outreach.set_job_status(job, 'cancelled', outcome);

    if job.action = 'withdraw_invite' then
        if outreach.accept_enrollment(
            job.workspace_id, job.enrollment_id, at, actor,
            jsonb_build_object('found_by', 'withdraw_invite', 'job_id', job.job_id), at
        ) is null then
            perform outreach.advance_enrollments(
                job.workspace_id, array[job.enrollment_id], actor, at
            );
        end if;
        return;
    end if;

    perform outreach.record_enrollment_event(
        job.workspace_id, job.enrollment_id, outcome, actor, at,
        to_status => case when outcome = 'already_pending' then 'pending_accept' end,
        step_id => job.step_id
    );
    perform outreach.advance_enrollments(
        job.workspace_id, array[job.enrollment_id], actor, at
    );
end
$$;
