-- Sends what was given up for an endpoint again, with as many tries as at first. Returns
-- the number of deliveries. One whose body was emptied since is left out.
create or replace function outreach.retry_endpoint_deliveries(
    workspace_id bigint,
    endpoint_id bigint,
    as_of timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    endpoint constant outreach.endpoints := outreach.lock_endpoint(
        retry_endpoint_deliveries.workspace_id, retry_endpoint_deliveries.endpoint_id
    );
    retried_count bigint;
begin
    update outreach.endpoint_deliveries as deliveries
    set
        most_tries = deliveries.try_count + 10,
        next_try_at = at,
        given_up_at = null
    where
        deliveries.workspace_id = retry_endpoint_deliveries.workspace_id
        and deliveries.endpoint_id = endpoint.endpoint_id
        and deliveries.given_up_at is not null
        and deliveries.body is not null
        and deliveries.event_type <> 'endpoint.test';
    get diagnostics retried_count = row_count;

    return retried_count;
end
$$;
