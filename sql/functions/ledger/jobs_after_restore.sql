-- The jobs that are asked about after a restore, each with its person, and with where a
-- text of it would stand: place_list is chat_messages or post_comments, and place_subjects
-- are the chats with the person, or the post. Null and empty for other jobs.
-- is_anybody_unknown: whether the account wrote to people who are no prospects since the
-- backup, so that an InMail may have gone to a person whose id is not known yet.
-- may_have_been_due: whether the job was due, or was queued by what this look found.
-- Arguments: see outreach.verdicts_after_restore().
create or replace function outreach.jobs_after_restore(
    workspace_id bigint,
    asked jsonb,
    read_ids bigint [],
    since timestamptz,
    started_at timestamptz,
    at timestamptz
)
returns table (
    job_id bigint,
    enrollment_id bigint,
    account_id bigint,
    action text,
    status text,
    step_action text,
    may_have_been_due boolean,
    provider_id text,
    public_identifier text,
    request_sha256 text,
    place_list text,
    place_subjects text [],
    is_anybody_unknown boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    chats as materialized (

        select distinct
            reads.account_id,
            items.provider_id,
            items.reference as chat_id,
            coalesce(
                items.happened_at >= jobs_after_restore.since - interval '10 minutes',
                true
            ) as is_new
        from outreach.whole_provider_reads as reads
        cross join lateral jsonb_to_recordset(reads.items) as items (
            reference text,
            provider_id text,
            happened_at timestamptz
        )
        where
            reads.workspace_id = jobs_after_restore.workspace_id
            and reads.read_id = any(read_ids)
            and reads.list = 'chats'

    ),

    jobs as materialized (

        select
            jobs.*,
            steps.action as step_action,
            coalesce(prospects.provider_id, answers.person) as provider_id,
            prospects.public_identifier,
            outreach.step_social_id(
                row(steps.*)::outreach.campaign_steps,
                row(prospects.*)::outreach.prospects
            ) as social_id,
            sends.request_sha256
        from jsonb_to_recordset(asked) as sends (job_id bigint, request_sha256 text)
        inner join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = jobs_after_restore.workspace_id
                and sends.job_id = jobs.job_id
        left join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = jobs_after_restore.workspace_id
                and jobs.enrollment_id = enrollments.enrollment_id
        left join outreach.prospects
            on
                prospects.workspace_id = jobs_after_restore.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        left join outreach.reply_answers as answers
            on
                answers.workspace_id = jobs_after_restore.workspace_id
                and jobs.answer_id = answers.answer_id
        left join outreach.campaign_steps as steps
            on
                steps.workspace_id = jobs_after_restore.workspace_id
                and jobs.step_id = steps.step_id

    )

    select
        jobs.job_id,
        jobs.enrollment_id,
        jobs.account_id,
        jobs.action,
        jobs.status,
        jobs.step_action,
        jobs.run_at <= jobs_after_restore.at
        or jobs.created_at >= jobs_after_restore.started_at,
        jobs.provider_id,
        jobs.public_identifier,
        jobs.request_sha256,
        case
            when jobs.step_action = 'comment' then 'post_comments'
            when jobs.action in ('send_message', 'send_inmail', 'answer_reply')
                then 'chat_messages'
        end,
        case
            when jobs.step_action = 'comment' then array[jobs.social_id]
            when jobs.action in ('send_message', 'send_inmail', 'answer_reply')
                then array(
                    select chats.chat_id
                    from chats
                    where
                        chats.account_id = jobs.account_id
                        and chats.provider_id = jobs.provider_id
                )
            else '{}'
        end,
        coalesce(jobs.step_action = 'send_inmail', false)
        and exists (
            select 1
            from chats
            where
                chats.account_id = jobs.account_id
                and chats.is_new
                and not exists (
                    select 1
                    from outreach.prospects as known
                    where
                        known.workspace_id = jobs_after_restore.workspace_id
                        and known.provider_id = chats.provider_id
                )
        )
    from jobs;
end
$$;
