-- Whether an answer with this text was asked for in a chat since a moment and may have
-- been sent, or waits to be: a form that was sent twice.
create or replace function outreach.was_answered_so(
    workspace_id bigint,
    chat_id text,
    body text,
    since timestamptz
)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select 1
        from outreach.reply_answers as answers
        inner join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = was_answered_so.workspace_id
                and answers.answer_id = jobs.answer_id
        where
            answers.workspace_id = was_answered_so.workspace_id
            and answers.chat_id = was_answered_so.chat_id
            and answers.body = was_answered_so.body
            and answers.asked_at > was_answered_so.since
            and jobs.status not in ('failed', 'cancelled')
    );
end
$$;
