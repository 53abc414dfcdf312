-- Whether new messages should be read now, or polls be ended because webhooks tell of
-- messages. A schedule calls this before it starts a run.
create or replace function outreach.has_reply_polls_due(
    provider_dsn text,
    has_webhook_address boolean,
    as_of timestamptz default null
)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    if not has_webhook_address then
        return exists (
            select 1
            from outreach.accounts_to_poll_for_replies(
                has_reply_polls_due.provider_dsn, has_reply_polls_due.as_of
            )
        );
    end if;

    return exists (
        select 1
        from outreach.reply_polls as polls
        inner join outreach.workspaces
            on polls.workspace_id = workspaces.workspace_id
        where workspaces.provider_dsn = has_reply_polls_due.provider_dsn
    );
end
$$;
