-- Stores the provider_id of a found profile, and queues the next job. A look-up before
-- a step's send is followed by that send, with the same time; a look-up that is a step
-- is followed by the next step. The facts of the profile can save the send: a
-- connection is not invited, and neither is a person with a pending invite. If the
-- person has another row, the enrollment moves to that row, or ends if that row is in
-- the campaign or active in another one, so that nobody is contacted twice. The owner
-- of a sending account is not contacted.
create or replace function outreach.settle_look_up(
    workspace_id bigint,
    outcome_id bigint,
    actor text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    recorded outreach.send_attempt_outcomes;
    attempt outreach.send_attempts;
    job outreach.campaign_send_jobs;
    at timestamptz;
    step_action text;
    found_as text;
begin
    select outcomes.*
    into strict recorded
    from outreach.send_attempt_outcomes as outcomes
    where
        outcomes.workspace_id = settle_look_up.workspace_id
        and outcomes.outcome_id = settle_look_up.outcome_id;

    select attempts.*
    into strict attempt
    from outreach.send_attempts as attempts
    where
        attempts.workspace_id = settle_look_up.workspace_id
        and attempts.attempt_id = recorded.attempt_id;

    select jobs.*
    into strict job
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = settle_look_up.workspace_id
        and jobs.job_id = attempt.job_id;

    at := recorded.recorded_at;

    if exists (
        select 1
        from outreach.provider_accounts
        where
            provider_accounts.workspace_id = job.workspace_id
            and provider_accounts.linkedin_identity = recorded.provider_reference
    ) then
        perform outreach.fail_job(job, 'own_profile', actor, at);
        return;
    end if;

    begin
        update outreach.prospects
        set
            provider_id = coalesce(
                prospects.provider_id, recorded.provider_reference
            ),
            public_identifier = coalesce(
                prospects.public_identifier, recorded.facts ->> 'public_identifier'
            )
        where
            prospects.workspace_id = attempt.workspace_id
            and prospects.prospect_id = attempt.prospect_id;
    exception
        when unique_violation then
            if not outreach.move_to_known_prospect(
                job.workspace_id, job.enrollment_id, recorded.provider_reference,
                recorded.facts ->> 'public_identifier', actor, at
            ) then
                perform outreach.fail_job(job, 'duplicate_person', actor, at);
                return;
            end if;
    end;

    select steps.action
    into strict step_action
    from outreach.campaign_steps as steps
    where
        steps.workspace_id = job.workspace_id
        and steps.step_id = job.step_id;

    found_as := case
        when step_action not in ('resolve_profile', 'send_invite') then null
        when (recorded.facts ->> 'is_connected')::boolean then 'already_connected'
        when (recorded.facts ->> 'is_invite_pending')::boolean then 'already_pending'
    end;

    perform outreach.set_job_status(
        job, 'completed', completed_at => attempt.begun_at
    );

    if found_as is null then
        perform outreach.resume_step(job, actor, at);
    else
        perform outreach.record_enrollment_event(
            job.workspace_id, job.enrollment_id, found_as, actor, at,
            to_status => case
                when found_as = 'already_pending' then 'pending_accept'
            end,
            step_id => job.step_id
        );
        perform outreach.advance_enrollments(
            job.workspace_id, array[job.enrollment_id], actor, at
        );
    end if;
end
$$;
