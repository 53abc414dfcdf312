-- Everything that an account and a person sent to each other, oldest first, as far as
-- it is known: messages that the provider told of, what campaigns sent, and answers.
-- kind: message, invite, inmail, comment or answer. is_own: whether the account wrote
-- it.
-- status: received, sent, or the status of an answer's job while it is not sent;
-- unknown is never sent again on a guess. body is null where only the fact is known:
-- the text of a step is not kept, and is told with the message itself.
-- blocker and lifts_at: why an answer is not sent yet, as in outreach.blockers().
-- local_at: the account's own wall clock, in timezone.
create or replace function outreach.conversation(
    workspace_id bigint,
    account_id bigint,
    person text,
    as_of timestamptz default null
)
returns table (
    happened_at timestamptz,
    local_at timestamp,
    timezone text,
    kind text,
    is_own boolean,
    body text,
    status text,
    campaign text,
    asked_by text,
    is_unread boolean,
    blocker text,
    lifts_at timestamptz,
    failed_because text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    account_timezone text;
begin
    select
        outreach.account_timezone(
            accounts.timezone, accounts.next_timezone, accounts.next_timezone_at, at
        )
    into account_timezone
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = conversation.workspace_id
        and accounts.account_id = conversation.account_id;

    return query
    select
        lines.happened_at,
        lines.happened_at at time zone account_timezone,
        account_timezone,
        lines.kind,
        lines.is_own,
        lines.body,
        lines.status,
        lines.campaign,
        lines.asked_by,
        lines.is_unread,
        lines.blocker,
        lines.lifts_at,
        lines.failed_because
    from outreach.conversation_lines(
        conversation.workspace_id, conversation.account_id, conversation.person, at
    ) as lines
    order by
        lines.happened_at,
        lines.is_own;
end
$$;
