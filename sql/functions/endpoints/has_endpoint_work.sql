-- Whether a delivery of the workspace is due. A schedule calls this before it starts a
-- run: one index look-up for each endpoint.
create or replace function outreach.has_endpoint_work(
    workspace_id bigint,
    as_of timestamptz default null
)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return exists (
        select 1
        from outreach.endpoints
        inner join outreach.endpoint_deliveries as deliveries
            on
                deliveries.workspace_id = has_endpoint_work.workspace_id
                and endpoints.endpoint_id = deliveries.endpoint_id
        where
            endpoints.workspace_id = has_endpoint_work.workspace_id
            and endpoints.removed_at is null
            and endpoints.paused_at is null
            and deliveries.next_try_at <= coalesce(as_of, clock_timestamp())
    );
end
$$;
