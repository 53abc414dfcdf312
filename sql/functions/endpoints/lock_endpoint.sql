-- Locks an endpoint that is not removed, and returns it. Waits for the events that are
-- being queued for it, and these for its caller (outreach.queue_endpoint_event). Raises
-- no_data_found for any other.
create or replace function outreach.lock_endpoint(workspace_id bigint, endpoint_id bigint)
returns outreach.endpoints
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    locked outreach.endpoints;
begin
    select endpoints.*
    into locked
    from outreach.endpoints
    where
        endpoints.workspace_id = lock_endpoint.workspace_id
        and endpoints.endpoint_id = lock_endpoint.endpoint_id
        and endpoints.removed_at is null
    for update;

    if not found then
        raise exception 'workspace % has no endpoint %', workspace_id, endpoint_id
            using
                errcode = 'no_data_found',
                hint = 'See `trueup endpoint list`.';
    end if;

    return locked;
end
$$;
