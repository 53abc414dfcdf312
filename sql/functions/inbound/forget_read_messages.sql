-- Makes the messages of an account count as unread at a moment, so that its due steps wait
-- for the next poll: they count as read until the day before, since a step waits at most a
-- day after the last read (outreach.reply_polls.steps_wait_after), or until an earlier
-- moment that is known, such as -infinity. The caller holds the account's lock.
create or replace function outreach.forget_read_messages(
    workspace_id bigint,
    account_id bigint,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
    insert into outreach.reply_polls as polls (workspace_id, account_id, read_until)
    values (workspace_id, account_id, '-infinity')
    on conflict on constraint reply_polls_pkey do update
    set read_until = least(polls.read_until, forget_read_messages.at - interval '25 hours');
end
$$;
