-- Whether new messages should be read now, or polls be ended because a webhook at our
-- own address tells of the messages. A schedule calls this before it starts a run.
create or replace function outreach.has_reply_polls_due(
    provider_dsn text,
    request_url text,
    as_of timestamptz default null
)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
begin
    return exists (
        select 1
        from outreach.accounts_to_poll_for_replies(
            has_reply_polls_due.provider_dsn, request_url, at
        )
    ) or exists (
        select 1
        from outreach.accounts_told_of_messages(
            has_reply_polls_due.provider_dsn, request_url, at
        ) as told
        inner join outreach.reply_polls as polls
            on
                told.workspace_id = polls.workspace_id
                and told.account_id = polls.account_id
    );
end
$$;
