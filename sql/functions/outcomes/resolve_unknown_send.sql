-- Records a person's decision on an unanswered call: sent, or not sent and queued
-- again. Stores the actor and the reason. Returns the new state of the job and its
-- enrollment, which is null for an answer.
create or replace function outreach.resolve_unknown_send(
    workspace_id bigint,
    attempt_id bigint,
    is_sent boolean,
    actor text,
    reason text,
    as_of timestamptz default null
)
returns table (
    job_id bigint,
    job_status text,
    enrollment_id bigint,
    linkedin_status text,
    next_action_at timestamptz
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    attempt outreach.send_attempts;
    job outreach.campaign_send_jobs;
    state text;
begin
    perform outreach.assert_read_committed();

    if coalesce(actor, '') = '' or coalesce(reason, '') = '' then
        raise exception 'a decision on attempt % needs an actor and a reason',
            resolve_unknown_send.attempt_id
            using
                errcode = 'check_violation',
                hint = 'Give an actor and a reason.';
    end if;

    select attempts.*
    into attempt
    from outreach.send_attempts as attempts
    where
        attempts.workspace_id = resolve_unknown_send.workspace_id
        and attempts.attempt_id = resolve_unknown_send.attempt_id;

    if not found then
        raise exception 'workspace % has no attempt %',
            resolve_unknown_send.workspace_id, resolve_unknown_send.attempt_id
            using
                errcode = 'no_data_found',
                hint = 'Search for it in analytics.unknown_sends.';
    end if;

    perform outreach.lock_accounts(attempt.workspace_id, array[attempt.account_id]);

    select jobs.*
    into strict job
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = resolve_unknown_send.workspace_id
        and jobs.job_id = attempt.job_id;

    select attempts.state
    into strict state
    from outreach.attempt_states as attempts
    where
        attempts.workspace_id = resolve_unknown_send.workspace_id
        and attempts.attempt_id = attempt.attempt_id;

    if job.status <> 'unknown' or state <> 'unknown' then
        raise exception 'attempt % needs no decision: it is %, and its job % is %',
            attempt.attempt_id, state, job.job_id, job.status
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Only attempts in analytics.unknown_sends can be decided.';
    end if;

    perform outreach.record_decision(
        attempt.workspace_id, attempt.attempt_id,
        case when is_sent then 'decided_sent' else 'decided_unsent' end,
        'person', resolve_unknown_send.actor, resolve_unknown_send.reason,
        coalesce(as_of, clock_timestamp())
    );

    return query
    select
        jobs.job_id,
        jobs.status,
        enrollments.enrollment_id,
        enrollments.linkedin_status,
        enrollments.next_action_at
    from outreach.campaign_send_jobs as jobs
    left join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = resolve_unknown_send.workspace_id
            and jobs.enrollment_id = enrollments.enrollment_id
    where
        jobs.workspace_id = job.workspace_id
        and jobs.job_id = job.job_id;
end
$$;
