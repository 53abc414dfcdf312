-- Cancels a claimed job that must never be sent, with the reason. The enrollment of a
-- do-not-contact person, or of a person whom the account invites for another campaign,
-- is stopped too; any other status stays.
create or replace function outreach.cancel_job(
    job outreach.campaign_send_jobs,
    reason text,
    actor text,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    if reason in ('do_not_contact', 'invited_by_another_campaign') then
        perform outreach.stop_enrollment(
            job.workspace_id, job.enrollment_id, reason, actor, at
        );
        return;
    end if;

    perform outreach.set_job_status(job, 'cancelled', reason);
    perform outreach.record_enrollment_event(
        job.workspace_id, job.enrollment_id, 'send_cancelled', actor, at,
        step_id => job.step_id,
        details => jsonb_build_object('job_id', job.job_id, 'reason', reason)
    );
end
$$;
