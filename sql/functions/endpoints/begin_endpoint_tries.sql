-- Begins a try of each due delivery of a workspace, of every endpoint in turn, and
-- returns what is to be sent. The caller commits before it calls. The next try is set
-- here, as if this one were not taken: a process that ends before it has recorded the
-- answer leaves a delivery that is sent again, with the same message_id.
-- only_delivery_id: begin no other one, also where its endpoint is paused.
create or replace function outreach.begin_endpoint_tries(
    workspace_id bigint,
    most integer default 20,
    as_of timestamptz default null,
    only_delivery_id bigint default null
)
returns table (
    delivery_id bigint,
    try_number smallint,
    endpoint_id bigint,
    url text,
    secret text,
    message_id uuid,
    body text,
    begun_at timestamptz
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    due_ids bigint [];
begin
    perform outreach.give_up_endpoint_deliveries(begin_endpoint_tries.workspace_id, at);

    select array_agg(due.delivery_id)
    into due_ids
    from (
        select deliveries.delivery_id
        from outreach.endpoints
        cross join lateral (
            select
                waiting.delivery_id,
                row_number() over (order by waiting.next_try_at) as turn
            from outreach.endpoint_deliveries as waiting
            where
                waiting.workspace_id = begin_endpoint_tries.workspace_id
                and waiting.endpoint_id = endpoints.endpoint_id
                and waiting.next_try_at <= at
                and waiting.delivery_id = coalesce(only_delivery_id, waiting.delivery_id)
            order by waiting.next_try_at
            limit most
        ) as deliveries
        where
            endpoints.workspace_id = begin_endpoint_tries.workspace_id
            and endpoints.removed_at is null
            and (endpoints.paused_at is null or only_delivery_id is not null)
        order by deliveries.turn, endpoints.endpoint_id
        limit most
    ) as due;

    return query
    with

    locked as (

        select
            deliveries.delivery_id,
            (deliveries.try_count + 1)::smallint as try_number
        from outreach.endpoint_deliveries as deliveries
        where
            deliveries.workspace_id = begin_endpoint_tries.workspace_id
            and deliveries.delivery_id = any(due_ids)
            and deliveries.next_try_at <= at
            and deliveries.try_count < deliveries.most_tries
        order by deliveries.delivery_id
        for no key update skip locked

    ),

    planned as (

        select
            locked.delivery_id,
            locked.try_number,
            at + outreach.endpoint_retry_delay(locked.try_number) as next_try_at
        from locked

    ),

    begun as (

        update outreach.endpoint_deliveries as deliveries
        set
            try_count = planned.try_number,
            next_try_at = planned.next_try_at
        from planned
        where
            deliveries.workspace_id = begin_endpoint_tries.workspace_id
            and deliveries.delivery_id = planned.delivery_id
        returning
            deliveries.delivery_id,
            deliveries.endpoint_id,
            deliveries.try_count,
            deliveries.message_id,
            deliveries.body

    ),

    kept as (

        insert into outreach.endpoint_tries (
            workspace_id, delivery_id, try_number, begun_at
        )
        select
            begin_endpoint_tries.workspace_id,
            begun.delivery_id,
            begun.try_count,
            at
        from begun

    )

    select
        begun.delivery_id,
        begun.try_count,
        begun.endpoint_id,
        endpoints.url,
        endpoints.secret,
        begun.message_id,
        begun.body,
        at
    from begun
    inner join outreach.endpoints
        on
            endpoints.workspace_id = begin_endpoint_tries.workspace_id
            and begun.endpoint_id = endpoints.endpoint_id
    order by begun.delivery_id;
end
$$;
