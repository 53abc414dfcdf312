-- The newest deliveries of an endpoint, also of a removed one, each with its last try.
-- state: waiting, delivered or given_up.
create or replace function outreach.list_endpoint_deliveries(
    in_workspace_id bigint,
    of_endpoint_id bigint,
    most integer default 50
)
returns table (
    delivery_id bigint,
    event_type text,
    event_key text,
    message_id uuid,
    occurred_at timestamptz,
    state text,
    tries smallint,
    last_status integer,
    last_error text,
    last_tried_at timestamptz,
    next_try_at timestamptz,
    body text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        deliveries.delivery_id,
        deliveries.event_type,
        deliveries.event_key,
        deliveries.message_id,
        deliveries.occurred_at,
        case
            when deliveries.delivered_at is not null then 'delivered'
            when deliveries.given_up_at is not null then 'given_up'
            else 'waiting'
        end,
        deliveries.try_count,
        last_tries.http_status,
        case
            when last_tries.begun_at is not null and last_tries.ended_at is null
                then 'no answer was recorded'
            else last_tries.error
        end,
        last_tries.begun_at,
        deliveries.next_try_at,
        deliveries.body
    from outreach.endpoint_deliveries as deliveries
    left join outreach.endpoint_tries as last_tries
        on
            last_tries.workspace_id = in_workspace_id
            and deliveries.delivery_id = last_tries.delivery_id
            and deliveries.try_count = last_tries.try_number
    where
        deliveries.workspace_id = in_workspace_id
        and deliveries.endpoint_id = of_endpoint_id
    order by deliveries.delivery_id desc
    limit most;
end
$$;
