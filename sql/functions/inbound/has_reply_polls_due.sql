-- Whether new messages should be read now, or it is to be noted of which accounts a
-- webhook at our own address tells. A schedule calls this before it starts a run.
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
        from outreach.accounts_to_poll_for_replies(has_reply_polls_due.provider_dsn, at)
    ) or exists (
        select 1
        from outreach.changed_reply_polls(
            has_reply_polls_due.provider_dsn, request_url, at
        )
    );
end
$$;
