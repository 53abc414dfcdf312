-- The answers of an account to a person: when each was written, or asked for while it
-- is not, the status of its job, and what holds it back now (outreach.answer_verdicts).
-- provider_reference: the provider's id of the message, null while it is not known.
create or replace function outreach.answers_to_person(
    workspace_id bigint,
    account_id bigint,
    person text,
    at timestamptz
)
returns table (
    answer_id bigint,
    written_at timestamptz,
    body text,
    asked_by text,
    status text,
    failed_because text,
    provider_reference text,
    blocker text,
    lifts_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    live_job_ids bigint [];
begin
    live_job_ids := array(
        select jobs.job_id
        from outreach.reply_answers as answers
        inner join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = answers_to_person.workspace_id
                and answers.answer_id = jobs.answer_id
        where
            answers.workspace_id = answers_to_person.workspace_id
            and answers.account_id = answers_to_person.account_id
            and answers.person = answers_to_person.person
            and outreach.is_live_job(jobs.status)
    );

    return query
    select
        answers.answer_id,
        coalesce(jobs.completed_at, answers.asked_at),
        answers.body,
        answers.asked_by,
        jobs.status,
        jobs.failed_classification,
        proofs.provider_reference,
        verdicts.blocker,
        verdicts.lifts_at
    from outreach.reply_answers as answers
    inner join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = answers_to_person.workspace_id
            and answers.answer_id = jobs.answer_id
    left join outreach.answer_verdicts(
        answers_to_person.workspace_id, live_job_ids, answers_to_person.at
    ) as verdicts
        on jobs.job_id = verdicts.job_id
    left join lateral (
        select outcomes.provider_reference
        from outreach.send_attempts as attempts
        inner join outreach.send_attempt_outcomes as outcomes
            on
                outcomes.workspace_id = answers_to_person.workspace_id
                and attempts.attempt_id = outcomes.attempt_id
                and outcomes.means = 'sent'
        where
            attempts.workspace_id = answers_to_person.workspace_id
            and attempts.answer_id = answers.answer_id
            and outcomes.provider_reference is not null
        order by attempts.attempt_id desc, outcomes.outcome_id desc
        limit 1
    ) as proofs on true
    where
        answers.workspace_id = answers_to_person.workspace_id
        and answers.account_id = answers_to_person.account_id
        and answers.person = answers_to_person.person;
end
$$;
