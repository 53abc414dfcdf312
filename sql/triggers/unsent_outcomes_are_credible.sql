-- An outcome that means unsent gives a part of a limit back and lets the step be sent
-- again, so it must be possible: the provider answers a call once and soon, and only a
-- call that was not answered is decided by a read or a person.
create or replace function outreach.assert_unsent_outcome_is_credible()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    longest_wait constant interval := '24 hours';
    attempt record;
begin
    select
        attempts.begun_at,
        jobs.status as job_status,
        not exists (
            select 1
            from outreach.send_attempts as later_attempts
            where
                later_attempts.workspace_id = new.workspace_id
                and later_attempts.job_id = attempts.job_id
                and later_attempts.attempt_id > attempts.attempt_id
        ) as is_newest,
        exists (
            select 1
            from outreach.send_attempt_outcomes as answers
            where
                answers.workspace_id = new.workspace_id
                and answers.attempt_id = new.attempt_id
                and answers.decided_by = 'answer'
                and answers.means <> 'unsent'
        ) as is_answered_otherwise
    into attempt
    from outreach.send_attempts as attempts
    inner join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = new.workspace_id
            and attempts.job_id = jobs.job_id
    where
        attempts.workspace_id = new.workspace_id
        and attempts.attempt_id = new.attempt_id;

    if new.decided_by = 'answer' and attempt.is_answered_otherwise then
        raise exception
            'attempt % of workspace % was answered before, so it cannot be answered as %',
            new.attempt_id, new.workspace_id, new.outcome
            using
                errcode = 'check_violation',
                hint = 'Look it up at the provider, or run `trueup send decide`.';
    end if;

    if new.decided_by = 'answer' and new.recorded_at > attempt.begun_at + longest_wait then
        raise exception
            'attempt % of workspace % began at %, so the answer % of % comes too late',
            new.attempt_id, new.workspace_id, attempt.begun_at, new.outcome,
            new.recorded_at
            using
                errcode = 'check_violation',
                hint = 'Look it up at the provider, or run `trueup send decide`.';
    end if;

    if new.decided_by in ('read', 'person')
        and not (attempt.job_status = 'unknown' and attempt.is_newest)
    then
        raise exception 'attempt % of workspace % needs no decision: its job is %',
            new.attempt_id, new.workspace_id, attempt.job_status
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Only attempts in analytics.unknown_sends can be decided.';
    end if;

    return new;
end
$$;

create or replace trigger unsent_outcomes_are_credible
before insert on outreach.send_attempt_outcomes
for each row
when (new.means = 'unsent')
execute function outreach.assert_unsent_outcome_is_credible();
