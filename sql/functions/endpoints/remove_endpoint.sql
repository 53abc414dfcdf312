-- Removes an endpoint: it is told nothing more, what waited for it is given up, and its
-- secret is deleted. Its deliveries stay. Returns the number of given up ones.
create or replace function outreach.remove_endpoint(
    workspace_id bigint,
    endpoint_id bigint,
    actor text,
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
        remove_endpoint.workspace_id, remove_endpoint.endpoint_id
    );
    given_up_count bigint;
begin
    if coalesce(actor, '') = '' then
        raise exception 'a removal of an endpoint needs the name of who asks for it'
            using errcode = 'check_violation', hint = 'Give an actor.';
    end if;

    update outreach.endpoints as endpoints
    set
        secret = '',
        removed_at = at,
        removed_by = remove_endpoint.actor
    where
        endpoints.workspace_id = remove_endpoint.workspace_id
        and endpoints.endpoint_id = endpoint.endpoint_id;

    update outreach.endpoint_deliveries as deliveries
    set
        given_up_at = at,
        next_try_at = null
    where
        deliveries.workspace_id = remove_endpoint.workspace_id
        and deliveries.endpoint_id = endpoint.endpoint_id
        and deliveries.next_try_at is not null;
    get diagnostics given_up_count = row_count;

    perform outreach.resolve_admin_alert(
        remove_endpoint.workspace_id, 'endpoint_gave_up',
        'endpoint ' || endpoint.endpoint_id, at
    );

    return given_up_count;
end
$$;
