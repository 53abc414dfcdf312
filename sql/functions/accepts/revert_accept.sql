-- Reverses an accept that leaked to an enrollment: appends a reversing event, deletes
-- the time, restores the enrollment's step and status, and cancels jobs that were
-- queued because of the accept. Events stay as they are. Returns the restored status,
-- or null if it is no leaked accept any more or cannot be reversed.
create or replace function outreach.revert_accept(
    workspace_id bigint,
    enrollment_id bigint,
    actor text,
    as_of timestamptz default null
)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    enrollment outreach.campaign_prospects;
    leaked record;
    job outreach.campaign_send_jobs;
    back_to record;
begin
    enrollment := outreach.lock_enrollment(
        revert_accept.workspace_id, revert_accept.enrollment_id
    );

    select found.*
    into leaked
    from outreach.leaked_accepts(
        revert_accept.workspace_id, array[revert_accept.enrollment_id]
    ) as found
    where found.obstacle is null;

    if not found then
        return null;
    end if;

    select jobs.*
    into job
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = revert_accept.workspace_id
        and jobs.enrollment_id = enrollment.enrollment_id
        and jobs.status in ('queued', 'claimed', 'parked')
    for no key update;

    if job.job_id is not null and leaked.verdict <> enrollment.linkedin_status then
        perform outreach.set_job_status(job, 'cancelled', 'accept_reverted');
    end if;

    -- Where it waits for the accept, or where its invite is sent.
    select
        steps.step_id,
        coalesce(
            outreach.exact_span((steps.settings ->> 'time_out')::interval), '0'
        ) as waits_for,
        outreach.step_action(
            row(steps.*)::outreach.campaign_steps, prospects.provider_id is not null
        ) as job_action
    into back_to
    from outreach.campaign_steps as steps
    inner join outreach.prospects
        on
            prospects.workspace_id = revert_accept.workspace_id
            and prospects.prospect_id = enrollment.prospect_id
    where
        steps.workspace_id = enrollment.workspace_id
        and steps.campaign_id = enrollment.campaign_id
        and steps.removed_at is null
        and steps.action = case leaked.verdict
            when 'pending_accept' then 'wait_accept'
            when 'ready_to_invite' then 'send_invite'
        end
    order by steps.position
    limit 1;

    update outreach.campaign_prospects as enrollments
    set
        linkedin_accepted_at = null,
        current_step_id = coalesce(back_to.step_id, enrollments.current_step_id),
        template_error = null,
        failed_classification = null
    where
        enrollments.workspace_id = enrollment.workspace_id
        and enrollments.enrollment_id = enrollment.enrollment_id;

    perform outreach.record_enrollment_event(
        enrollment.workspace_id, enrollment.enrollment_id, 'accept_reverted', actor, at,
        to_status => leaked.verdict,
        details => jsonb_build_object(
            'why', leaked.why,
            'accepted_at', enrollment.linkedin_accepted_at,
            'cancelled_job_id', job.job_id
        )
    );

    insert into outreach.accept_credits (
        workspace_id, account_id, person, enrollment_id, invite_event_id, is_credited,
        reason, accepted_after, accepted_before, accepted_at, signals, actor, decided_at
    )
    select distinct on (credits.account_id, credits.person, credits.invite_event_id)
        credits.workspace_id,
        credits.account_id,
        credits.person,
        credits.enrollment_id,
        credits.invite_event_id,
        false,
        'reverted: ' || leaked.why,
        credits.accepted_after,
        credits.accepted_before,
        credits.accepted_at,
        credits.signals,
        revert_accept.actor,
        at
    from outreach.accept_credits as credits
    where
        credits.workspace_id = revert_accept.workspace_id
        and credits.enrollment_id = enrollment.enrollment_id
    order by
        credits.account_id,
        credits.person,
        credits.invite_event_id,
        credits.credit_id desc;

    -- Its invite, or the time-out of its wait, from now on.
    if back_to.job_action is not null
        and leaked.verdict <> enrollment.linkedin_status
    then
        perform outreach.queue_send_job(
            enrollment.workspace_id, enrollment.enrollment_id,
            outreach.jittered_moment(
                enrollment.workspace_id, enrollment.account_id,
                enrollment.enrollment_id, at + back_to.waits_for
            )
        );
    end if;

    return leaked.verdict;
end
$$;
