-- The provider is called for a claimed job, and not again while an earlier attempt of the same
-- step may have reached the person: only an answer that proves it unsent allows another
-- attempt, of a step or of an answer. Look-ups and withdrawals of an invite are idempotent and may be repeated. The
-- accounts are locked, and a later statement reads the jobs and the ledger.
create or replace function outreach.assert_attempts_are_called_once()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    places record;
    refused record;
begin
    perform outreach.assert_read_committed();

    for places in
        select
            attempts.workspace_id,
            array_agg(attempts.account_id) as account_ids
        from new_attempts as attempts
        group by attempts.workspace_id
        order by attempts.workspace_id
    loop
        perform outreach.lock_accounts(places.workspace_id, places.account_ids);

        select
            attempts.*,
            coalesce(
                'enrollment ' || attempts.enrollment_id, 'answer ' || attempts.answer_id
            ) as subject,
            jobs.job_id is not null as is_claimed,
            earlier.attempt_id as earlier_attempt_id,
            earlier.state as earlier_state
        into refused
        from new_attempts as attempts
        left join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = places.workspace_id
                and attempts.job_id = jobs.job_id
                and attempts.account_id = jobs.account_id
                and attempts.enrollment_id is not distinct from jobs.enrollment_id
                and attempts.step_id is not distinct from jobs.step_id
                and attempts.answer_id is not distinct from jobs.answer_id
                and attempts.action = outreach.limited_action(jobs.action)
                and jobs.status = 'claimed'
        left join lateral (
            select
                states.attempt_id,
                states.state
            from outreach.attempt_states as states
            where
                states.workspace_id = places.workspace_id
                and states.enrollment_id = attempts.enrollment_id
                and states.step_id = attempts.step_id
                and states.action = attempts.action
                and states.attempt_id <> attempts.attempt_id
                and states.state <> 'unsent'
                and not outreach.may_be_repeated(attempts.action)

            union all

            select
                states.attempt_id,
                states.state
            from outreach.attempt_states as states
            where
                states.workspace_id = places.workspace_id
                and states.answer_id = attempts.answer_id
                and states.attempt_id <> attempts.attempt_id
                and states.state <> 'unsent'

            limit 1
        ) as earlier on true
        where
            attempts.workspace_id = places.workspace_id
            and (jobs.job_id is null or earlier.attempt_id is not null)
        order by attempts.attempt_id
        limit 1;

        if not found then
            continue;
        end if;

        if not refused.is_claimed then
            raise exception 'no claimed job % asks account % for % to %',
                refused.job_id, refused.account_id, refused.action, refused.subject
                using
                    errcode = 'check_violation',
                    hint = 'Claim a job and call outreach.begin_send_attempts().';
        end if;

        raise exception
            '% of workspace % was tried before by attempt %, which is %',
            refused.subject, refused.workspace_id, refused.earlier_attempt_id,
            refused.earlier_state
            using
                errcode = 'check_violation',
                hint = 'Look it up at the provider; never send on a guess.';
    end loop;

    return null;
end
$$;

create or replace trigger attempts_are_called_once
after insert on outreach.send_attempts
referencing new table as new_attempts
for each statement
execute function outreach.assert_attempts_are_called_once();
