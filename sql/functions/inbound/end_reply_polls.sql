-- Ends the polls of a workspace's messages: webhooks tell of them, so no step waits for a
-- poll any more. Returns the number of accounts.
create or replace function outreach.end_reply_polls(workspace_id bigint)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    ended_count bigint;
begin
    delete from outreach.reply_polls as polls
    where polls.workspace_id = end_reply_polls.workspace_id;
    get diagnostics ended_count = row_count;

    return ended_count;
end
$$;
