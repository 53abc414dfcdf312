-- The answers of a workspace, or of one account, that are not sent yet, oldest first,
-- and what each waits for; blocker is null where it goes with the sender's next round.
create or replace function outreach.queued_answers(
    in_workspace_id bigint,
    of_account_id bigint,
    at timestamptz
)
returns table (
    job_id bigint,
    account text,
    person text,
    blocker text,
    explanation text,
    lifts_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    job_ids bigint [];
begin
    job_ids := array(
        select jobs.job_id
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = in_workspace_id
            and jobs.action = 'answer_reply'
            and outreach.is_live_job(jobs.status)
            and (of_account_id is null or jobs.account_id = of_account_id)
    );

    return query
    select
        verdicts.job_id,
        accounts.name,
        coalesce(
            nullif(concat_ws(' ', prospects.first_name, prospects.last_name), ''),
            prospects.public_identifier,
            answers.person
        ),
        verdicts.blocker,
        vocabulary.explanation,
        verdicts.lifts_at
    from outreach.answer_verdicts(
        in_workspace_id, job_ids, queued_answers.at
    ) as verdicts
    inner join outreach.reply_answers as answers
        on
            answers.workspace_id = in_workspace_id
            and verdicts.answer_id = answers.answer_id
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = in_workspace_id
            and verdicts.account_id = accounts.account_id
    left join outreach.prospects
        on
            prospects.workspace_id = in_workspace_id
            and answers.prospect_id = prospects.prospect_id
    left join outreach.blockers() as vocabulary
        on verdicts.blocker = vocabulary.blocker
    order by verdicts.run_at, verdicts.job_id;
end
$$;
