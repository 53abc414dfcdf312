-- Empties the bodies of webhooks that are older than their bound in retention_bounds.
-- The rows and the hashes stay. A webhook in the inbox, unread or set aside, keeps its
-- body. outreach.empty_global_raw_columns() calls it.
create or replace function outreach.empty_webhook_bodies(
    as_of timestamptz default null,
    most_rows bigint default 10000
)
returns table (what text, row_count bigint, byte_count bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    received_before constant timestamptz
    := outreach.retention_bound('linkedin_webhook_deliveries.body', at);
begin
    what := 'linkedin_webhook_deliveries.body';

    with

    old as (

        select
            deliveries.delivery_id,
            pg_column_size(deliveries.body) as bytes
        from outreach.linkedin_webhook_deliveries as deliveries
        where
            deliveries.received_at < received_before
            and deliveries.body is not null
            and not exists (
                select 1
                from outreach.linkedin_webhook_inbox as inbox
                where inbox.delivery_id = deliveries.delivery_id
            )
        order by deliveries.delivery_id
        limit most_rows

    ),

    emptied as (

        update outreach.linkedin_webhook_deliveries as deliveries
        set
            body = null,
            body_emptied_at = at
        from old
        where deliveries.delivery_id = old.delivery_id
        returning old.bytes

    )

    select
        count(*),
        coalesce(sum(emptied.bytes), 0)
    into
        row_count,
        byte_count
    from emptied;

    return next;
end
$$;
