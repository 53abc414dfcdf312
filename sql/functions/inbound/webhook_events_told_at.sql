-- Of which events webhooks tell us at an address of our own, by the newest complete read
-- of the provider's list, of the last two days (outreach.told_webhook_events). No rows
-- without our address, or without such a read. read_at: when that read ended.
create or replace function outreach.webhook_events_told_at(
    provider_dsn text,
    request_url text,
    at timestamptz
)
returns table (wanted_event text, provider_account_ids jsonb, read_at timestamptz)
language plpgsql
stable
rows 10
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        told.wanted_event,
        told.provider_account_ids,
        newest.ended_at
    from (
        select
            reads.items,
            reads.ended_at
        from outreach.provider_wide_reads as reads
        where
            reads.provider_dsn = webhook_events_told_at.provider_dsn
            and reads.list = 'webhooks'
            and reads.subject = request_url
            and reads.is_complete
            and reads.ended_at <= webhook_events_told_at.at
            and reads.ended_at > webhook_events_told_at.at - interval '48 hours'
        order by
            reads.ended_at desc,
            reads.read_id desc
        limit 1
    ) as newest
    cross join lateral outreach.told_webhook_events(newest.items) as told;
end
$$;
