-- The chats of a stored walk with people who are still in one of the account's campaigns
-- or who are to get an answer, with a message since a backup. Ten minutes are allowed for
-- the provider's clock.
create or replace function outreach.chats_to_ask_after_restore(
    workspace_id bigint,
    read_id bigint,
    since timestamptz
)
returns table (chat_id text, provider_id text, subject text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        items.reference,
        items.provider_id,
        items.subject
    from outreach.whole_provider_reads as reads
    cross join lateral jsonb_to_recordset(reads.items) as items (
        reference text,
        provider_id text,
        subject text,
        happened_at timestamptz
    )
    where
        reads.workspace_id = chats_to_ask_after_restore.workspace_id
        and reads.read_id = chats_to_ask_after_restore.read_id
        and coalesce(
            items.happened_at >= chats_to_ask_after_restore.since - interval '10 minutes',
            true
        )
        and (exists (
            select 1
            from outreach.prospects
            inner join outreach.campaign_prospects as enrollments
                on
                    enrollments.workspace_id = chats_to_ask_after_restore.workspace_id
                    and prospects.prospect_id = enrollments.prospect_id
                    and enrollments.account_id = reads.account_id
            where
                prospects.workspace_id = chats_to_ask_after_restore.workspace_id
                and prospects.provider_id = items.provider_id
                and outreach.is_under_way(enrollments.linkedin_status)
        ) or exists (
            select 1
            from outreach.reply_answers as answers
            inner join outreach.campaign_send_jobs as jobs
                on
                    jobs.workspace_id = chats_to_ask_after_restore.workspace_id
                    and answers.answer_id = jobs.answer_id
            where
                answers.workspace_id = chats_to_ask_after_restore.workspace_id
                and answers.account_id = reads.account_id
                and answers.person = items.provider_id
                and jobs.status = 'queued'
        ))
    order by items.reference;
end
$$;
