-- Empties the bodies of a workspace's endpoint deliveries that are older than their bound
-- in retention_bounds. The rows stay. A delivery that waits keeps its body. The rules of
-- outreach.empty_raw_columns() for most_rows and for the owner hold here too.
create or replace function outreach.empty_endpoint_bodies(
    workspace_id bigint,
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
    created_before constant timestamptz
    := outreach.retention_bound('endpoint_deliveries.body', at);
begin
    what := 'endpoint_deliveries.body';

    with

    old as (

        select
            deliveries.delivery_id,
            pg_column_size(deliveries.body) as bytes
        from outreach.endpoint_deliveries as deliveries
        where
            deliveries.workspace_id = empty_endpoint_bodies.workspace_id
            and deliveries.created_at < created_before
            and deliveries.body is not null
            and deliveries.next_try_at is null
        order by deliveries.created_at
        limit most_rows

    ),

    emptied as (

        update outreach.endpoint_deliveries as deliveries
        set
            body = null,
            body_emptied_at = at
        from old
        where
            deliveries.workspace_id = empty_endpoint_bodies.workspace_id
            and deliveries.delivery_id = old.delivery_id
            and deliveries.next_try_at is null
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
