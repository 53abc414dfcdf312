-- What an account and a person wrote to each other, the newest lines, oldest first, as
-- outreach.conversation() has them, with the meaning of what holds an answer back.
-- Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_conversation(
    in_workspace_id bigint,
    in_account_id bigint,
    with_person text,
    at timestamptz,
    most_rows integer
)
returns table (
    happened_at timestamptz,
    kind text,
    is_own boolean,
    body text,
    status text,
    campaign text,
    asked_by text,
    is_unread boolean,
    blocker text,
    explanation text,
    lifts_at timestamptz,
    failed_because text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        lines.happened_at,
        lines.kind,
        lines.is_own,
        lines.body,
        lines.status,
        lines.campaign,
        lines.asked_by,
        lines.is_unread,
        lines.blocker,
        vocabulary.explanation,
        lines.lifts_at,
        lines.failed_because
    from (
        select told.*
        from outreach.conversation(
            in_workspace_id, in_account_id, with_person, console_conversation.at
        ) as told
        order by
            told.happened_at desc,
            told.is_own desc
        limit most_rows
    ) as lines
    left join outreach.blockers() as vocabulary
        on lines.blocker = vocabulary.blocker
    order by
        lines.happened_at,
        lines.is_own;
end
$$;

revoke execute on function outreach.console_conversation(
    bigint, bigint, text, timestamptz, integer
) from public;
grant execute on function outreach.console_conversation(
    bigint, bigint, text, timestamptz, integer
) to console;
