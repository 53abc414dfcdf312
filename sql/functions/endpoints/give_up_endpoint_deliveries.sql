-- Gives up the deliveries of a workspace whose last try was not taken, or was never
-- answered, and opens an alert for each endpoint. A test is given up without an alert.
create or replace function outreach.give_up_endpoint_deliveries(
    workspace_id bigint,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    failed record;
begin
    for failed in
        with

        tried as (

            select
                deliveries.delivery_id,
                tries.http_status,
                tries.error
            from outreach.endpoint_deliveries as deliveries
            inner join outreach.endpoint_tries as tries
                on
                    tries.workspace_id = give_up_endpoint_deliveries.workspace_id
                    and deliveries.delivery_id = tries.delivery_id
                    and deliveries.try_count = tries.try_number
            where
                deliveries.workspace_id = give_up_endpoint_deliveries.workspace_id
                and deliveries.next_try_at is not null
                and deliveries.try_count >= deliveries.most_tries
                and (tries.ended_at is not null or deliveries.next_try_at <= at)

        ),

        given_up as (

            update outreach.endpoint_deliveries as deliveries
            set
                given_up_at = at,
                next_try_at = null
            from tried
            where
                deliveries.workspace_id = give_up_endpoint_deliveries.workspace_id
                and deliveries.delivery_id = tried.delivery_id
                and deliveries.next_try_at is not null
            returning deliveries.endpoint_id, deliveries.event_type, tried.error

        )

        select
            given_up.endpoint_id,
            count(*) as event_count,
            max(coalesce(given_up.error, 'its last try was never answered')) as error,
            min(substring(endpoints.url from '^[a-z]+://([^/?]+)')) as host
        from given_up
        inner join outreach.endpoints
            on
                endpoints.workspace_id = give_up_endpoint_deliveries.workspace_id
                and given_up.endpoint_id = endpoints.endpoint_id
        where given_up.event_type <> 'endpoint.test'
        group by given_up.endpoint_id
        order by given_up.endpoint_id
    loop
        perform outreach.open_admin_alert(
            give_up_endpoint_deliveries.workspace_id, 'endpoint_gave_up',
            'endpoint ' || failed.endpoint_id,
            format(
                '%s did not take %s after the last try of %s: %s.',
                failed.host,
                case when failed.event_count = 1 then 'an event'
                    else failed.event_count || ' events' end,
                case when failed.event_count = 1 then 'it' else 'each' end,
                failed.error
            ),
            jsonb_build_object(
                'endpoint_id', failed.endpoint_id,
                'what_to_do', 'What to do: see `trueup endpoint log ID`, mend the '
                || 'receiver, then send again what was given up: `trueup endpoint retry '
                || 'ID`.'
            ),
            at
        );
    end loop;
end
$$;
