-- What speaks against the jobs of answers at a moment, before their account's gates:
-- the first reason in the order of outreach.job_blockers, null where nothing does. An
-- answer is asked for by a person, so no pause of a campaign or an enrollment holds it.
-- One row for each of these jobs that is the job of an answer.
-- worker: whose claim is judged as if it were still in the queue.
create or replace function outreach.answer_blockers(
    workspace_id bigint,
    job_ids bigint [],
    at timestamptz,
    worker text default null
)
returns table (
    job_id bigint,
    account_id bigint,
    answer_id bigint,
    run_at timestamptz,
    blocker text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        jobs.job_id,
        jobs.account_id,
        jobs.answer_id,
        jobs.run_at,
        case
            when jobs.status = 'sending' then 'being_sent'
            when
                not answers.is_confirmed
                and exists (
                    select 1
                    from outreach.prospects
                    where
                        prospects.workspace_id = answer_blockers.workspace_id
                        and prospects.provider_id = answers.person
                        and prospects.do_not_contact_at is not null
                )
                then 'do_not_contact'
            when
                not outreach.may_use_product(
                    accounts.status, accounts.product_states, 'classic'
                )
                or provider_accounts.account_id is null
                then 'account_not_connected'
            when accounts.paused_at is not null then 'account_paused'
            when jobs.status = 'unknown' then 'unknown_send'
            when
                jobs.status = 'claimed'
                and jobs.claimed_by is distinct from worker
                then 'being_sent'
            when jobs.run_at > answer_blockers.at then 'not_due_yet'
            when
                exists (
                    select 1
                    from outreach.send_attempts as attempts
                    where
                        attempts.workspace_id = answer_blockers.workspace_id
                        and attempts.answer_id = jobs.answer_id
                        and outreach.state_of_means(
                            array(
                                select outcomes.means
                                from outreach.send_attempt_outcomes as outcomes
                                where
                                    outcomes.workspace_id = answer_blockers.workspace_id
                                    and outcomes.attempt_id = attempts.attempt_id
                            )
                        ) <> 'unsent'
                )
                then 'begun_before'
        end
    from unnest(answer_blockers.job_ids) as asked (job_id)
    inner join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = answer_blockers.workspace_id
            and asked.job_id = jobs.job_id
    inner join outreach.reply_answers as answers
        on
            answers.workspace_id = answer_blockers.workspace_id
            and jobs.answer_id = answers.answer_id
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = answer_blockers.workspace_id
            and jobs.account_id = accounts.account_id
    left join outreach.provider_accounts
        on
            provider_accounts.workspace_id = answer_blockers.workspace_id
            and jobs.account_id = provider_accounts.account_id;
end
$$;
