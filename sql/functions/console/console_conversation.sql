-- What an account and a person wrote to each other, the newest lines before a moment
-- (null for the newest of all), oldest first, as outreach.conversation() has them, with
-- the meaning of what holds an answer back. Lines of one moment come together, so that
-- pages can be cut between moments: there may be more than most_rows. Security definer:
-- the console reads it, without rights to its tables.
create or replace function outreach.console_conversation(
    in_workspace_id bigint,
    in_account_id bigint,
    with_person text,
    at timestamptz,
    before_at timestamptz,
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
        where
            console_conversation.before_at is null
            or told.happened_at < console_conversation.before_at
        order by told.happened_at desc
        fetch first most_rows rows with ties
    ) as lines
    left join outreach.blockers() as vocabulary
        on lines.blocker = vocabulary.blocker
    order by
        lines.happened_at,
        lines.is_own;
end
$$;

revoke execute on function outreach.console_conversation(
    bigint, bigint, text, timestamptz, timestamptz, integer
) from public;
grant execute on function outreach.console_conversation(
    bigint, bigint, text, timestamptz, timestamptz, integer
) to console;
