-- Notes for each account of a workspace at a provider's address whether a webhook at our
-- own address tells of its messages (outreach.changed_reply_polls). The messages of an
-- account without a row count as never read, so that its due steps wait for the first
-- poll. Returns the number of accounts that changed.
create or replace function outreach.note_reply_polls(
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
    noted_count bigint;
begin
    insert into outreach.reply_polls as polls (
        workspace_id, account_id, read_until, is_told
    )
    select
        changed.workspace_id,
        changed.account_id,
        '-infinity',
        changed.is_told
    from outreach.changed_reply_polls(
        note_reply_polls.provider_dsn, request_url, coalesce(as_of, clock_timestamp())
    ) as changed
    where changed.workspace_id = note_reply_polls.workspace_id
    order by changed.account_id
    on conflict on constraint reply_polls_pkey do update
    set is_told = excluded.is_told;
    get diagnostics noted_count = row_count;

    return noted_count;
end
$$;
