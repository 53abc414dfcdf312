-- What keeps these accounts from contacting people in a forecast because their replies
-- are not read at a moment (outreach.unread_replies), and until when: the moment at which
-- they may read again, or a minute for the next look. One row for each account that is
-- kept.
create or replace function outreach.simulated_reading(
    workspace_id bigint,
    account_ids bigint [],
    at timestamptz
)
returns table (account_id bigint, blocker text, lifts_at timestamptz)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        reads.account_id,
        reads.blocker,
        coalesce(reads.lifts_at, simulated_reading.at + interval '1 minute')
    from outreach.unread_replies(
        simulated_reading.workspace_id, simulated_reading.account_ids,
        simulated_reading.at
    ) as reads;
end
$$;
