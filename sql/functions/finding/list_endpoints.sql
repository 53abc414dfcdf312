-- The endpoints of a workspace that are not removed, with what waits for each and what
-- was given up. Without their secrets.
create or replace function outreach.list_endpoints(in_workspace_id bigint)
returns table (
    workspace_id bigint,
    endpoint_id bigint,
    url text,
    event_types text [],
    waiting bigint,
    given_up bigint,
    last_delivered_at timestamptz,
    paused_at timestamptz,
    paused_by text,
    paused_reason text,
    created_by text,
    created_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        endpoints.workspace_id,
        endpoints.endpoint_id,
        endpoints.url,
        endpoints.event_types,
        counts.waiting,
        counts.given_up,
        counts.last_delivered_at,
        endpoints.paused_at,
        endpoints.paused_by,
        endpoints.paused_reason,
        endpoints.created_by,
        endpoints.created_at
    from outreach.endpoints
    cross join lateral (
        select
            count(deliveries.next_try_at) as waiting,
            count(deliveries.given_up_at) as given_up,
            max(deliveries.delivered_at) as last_delivered_at
        from outreach.endpoint_deliveries as deliveries
        where
            deliveries.workspace_id = in_workspace_id
            and deliveries.endpoint_id = endpoints.endpoint_id
    ) as counts
    where
        endpoints.workspace_id = in_workspace_id
        and endpoints.removed_at is null
    order by endpoints.endpoint_id;
end
$$;
