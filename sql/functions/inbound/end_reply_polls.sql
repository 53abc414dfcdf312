-- Ends the polls of the messages of which a webhook at our own address tells, so that
-- no step of these accounts waits for a poll. Returns the number of accounts.
create or replace function outreach.end_reply_polls(
    workspace_id bigint,
    provider_dsn text,
    request_url text,
    as_of timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    told_account_ids constant bigint [] := array(
        select told.account_id
        from outreach.accounts_told_of_messages(
            end_reply_polls.provider_dsn, request_url,
            coalesce(as_of, clock_timestamp())
        ) as told
        where told.workspace_id = end_reply_polls.workspace_id
    );
    ended_count bigint;
begin
    delete from outreach.reply_polls as polls
    where
        polls.workspace_id = end_reply_polls.workspace_id
        and polls.account_id = any(told_account_ids);
    get diagnostics ended_count = row_count;

    return ended_count;
end
$$;
