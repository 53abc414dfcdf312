-- Records the answers of begun tries: [{"delivery_id", "try_number", "http_status",
-- "error"}], without an error where the delivery was taken. A delivery that was not
-- taken keeps the time of its next try, or is given up after its last one. Returns the
-- number of taken deliveries.
create or replace function outreach.record_endpoint_tries(
    workspace_id bigint,
    answers jsonb,
    as_of timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    taken_count bigint := 0;
    taken record;
begin
    update outreach.endpoint_tries as tries
    set
        ended_at = at,
        http_status = answered.http_status,
        error = answered.error
    from jsonb_to_recordset(answers) as answered (
        delivery_id bigint, try_number smallint, http_status integer, error text
    )
    where
        tries.workspace_id = record_endpoint_tries.workspace_id
        and tries.delivery_id = answered.delivery_id
        and tries.try_number = answered.try_number
        and tries.ended_at is null;

    for taken in
        with

        delivered as (

            update outreach.endpoint_deliveries as deliveries
            set
                delivered_at = at,
                next_try_at = null,
                given_up_at = null
            from jsonb_to_recordset(answers) as answered (
                delivery_id bigint, error text
            )
            where
                deliveries.workspace_id = record_endpoint_tries.workspace_id
                and deliveries.delivery_id = answered.delivery_id
                and deliveries.delivered_at is null
                and answered.error is null
            returning deliveries.endpoint_id

        )

        select
            delivered.endpoint_id,
            count(*) as delivery_count
        from delivered
        group by delivered.endpoint_id
        order by delivered.endpoint_id
    loop
        taken_count := taken_count + taken.delivery_count;

        perform outreach.resolve_admin_alert(
            record_endpoint_tries.workspace_id, 'endpoint_gave_up',
            'endpoint ' || taken.endpoint_id, at
        );
    end loop;

    perform outreach.give_up_endpoint_deliveries(record_endpoint_tries.workspace_id, at);

    return taken_count;
end
$$;
