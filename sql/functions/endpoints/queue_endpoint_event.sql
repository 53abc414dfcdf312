-- Queues an event for each endpoint of the workspace that wants it, once for each
-- endpoint and event_key. The body is fixed here, so that each try sends the same.
-- Paused endpoints get it once they are resumed. Returns the number of deliveries.
-- Security definer: whoever records an event queues it in the same transaction, without
-- the right to read endpoints, whose secrets are there.
create or replace function outreach.queue_endpoint_event(
    workspace_id bigint,
    event_type text,
    event_key text,
    occurred_at timestamptz,
    data jsonb,
    as_of timestamptz default null
)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    queued_count bigint;
begin
    -- An endpoint that is removed meanwhile gets nothing that would wait for ever.
    perform 1
    from outreach.endpoints
    where
        endpoints.workspace_id = queue_endpoint_event.workspace_id
        and endpoints.removed_at is null
        and queue_endpoint_event.event_type = any(endpoints.event_types)
    for key share;

    if not found then
        return 0;
    end if;

    -- A cluster's own count of the inserted rows would have those that conflict too.
    with added_rows as (
        insert into outreach.endpoint_deliveries (
            workspace_id, endpoint_id, event_type, event_key, occurred_at, body,
            created_at, next_try_at
        )
        select
            queue_endpoint_event.workspace_id,
            endpoints.endpoint_id,
            queue_endpoint_event.event_type,
            queue_endpoint_event.event_key,
            queue_endpoint_event.occurred_at,
            jsonb_build_object(
                'type', queue_endpoint_event.event_type,
                'timestamp', queue_endpoint_event.occurred_at,
                'workspace_id', queue_endpoint_event.workspace_id,
                'data', queue_endpoint_event.data
            )::text,
            at,
            at
        from outreach.endpoints
        where
            endpoints.workspace_id = queue_endpoint_event.workspace_id
            and endpoints.removed_at is null
            and queue_endpoint_event.event_type = any(endpoints.event_types)
        on conflict (workspace_id, endpoint_id, event_key) do nothing
        returning endpoint_deliveries.delivery_id
    )

    select count(*)
    into queued_count
    from added_rows;

    return queued_count;
end
$$;

-- It has its owner's rights, so only those who need it may call it.
revoke execute on function outreach.queue_endpoint_event(
    bigint, text, text, timestamptz, jsonb, timestamptz
) from public;
grant execute on function outreach.queue_endpoint_event(
    bigint, text, text, timestamptz, jsonb, timestamptz
) to sender, operator;
