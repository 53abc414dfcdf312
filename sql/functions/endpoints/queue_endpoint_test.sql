-- Queues a test event for one endpoint, with a single try. Raises no_data_found for an
-- endpoint that is removed or unknown. Returns the delivery's id.
create or replace function outreach.queue_endpoint_test(
    workspace_id bigint,
    endpoint_id bigint,
    actor text,
    as_of timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    endpoint constant outreach.endpoints := outreach.lock_endpoint(
        queue_endpoint_test.workspace_id, queue_endpoint_test.endpoint_id
    );
    queued_id bigint;
begin
    insert into outreach.endpoint_deliveries as deliveries (
        workspace_id, endpoint_id, event_type, event_key, occurred_at, body,
        created_at, most_tries, next_try_at
    )
    select
        queue_endpoint_test.workspace_id,
        endpoint.endpoint_id,
        'endpoint.test',
        'test/' || tests.test_id,
        at,
        jsonb_build_object(
            'type', 'endpoint.test',
            'timestamp', at,
            'workspace_id', queue_endpoint_test.workspace_id,
            'data', jsonb_build_object('asked_by', queue_endpoint_test.actor)
        )::text,
        at,
        1,
        at
    from (select gen_random_uuid() as test_id) as tests
    returning deliveries.delivery_id into queued_id;

    return queued_id;
end
$$;
