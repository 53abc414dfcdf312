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
            array_agg(attempts.account_id) as account_ids,
            -- A worker of a cluster joins no transition table with others.
            array_agg(row(attempts.*)::outreach.send_attempts) as attempts
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
        from unnest(places.attempts) as attempts
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
            from (
                select
                    begun.attempt_id,
                    outreach.state_of_means(
                        array(
                            select outcomes.means
                            from outreach.send_attempt_outcomes as outcomes
                            where
                                outcomes.workspace_id = places.workspace_id
                                and outcomes.attempt_id = begun.attempt_id
                        )
                    ) as state
                from (
                    select of_steps.attempt_id
                    from outreach.send_attempts as of_steps
                    where
                        of_steps.workspace_id = places.workspace_id
                        and of_steps.enrollment_id = attempts.enrollment_id
                        and of_steps.step_id = attempts.step_id
                        and of_steps.action = attempts.action
                        and not outreach.may_be_repeated(attempts.action)

                    union all

                    select of_answers.attempt_id
                    from outreach.send_attempts as of_answers
                    where
                        of_answers.workspace_id = places.workspace_id
                        and of_answers.answer_id = attempts.answer_id
                ) as begun
                where begun.attempt_id <> attempts.attempt_id
                offset 0
            ) as states
            where states.state <> 'unsent'
            limit 1
        ) as earlier on true
        where
            jobs.job_id is null
            or earlier.attempt_id is not null
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
