-- Makes an endpoint that is told these events of a workspace from now on, or all events
-- if event_types is null. The secret is returned here and nowhere else. Raises
-- invalid_parameter_value for an unknown event.
create or replace function outreach.add_endpoint(
    workspace_id bigint,
    url text,
    event_types text [],
    actor text,
    as_of timestamptz default null,
    out endpoint_id bigint,
    out secret text,
    out told text []
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    known constant text [] := array(
        select types.event_type
        from outreach.endpoint_event_types as types
        order by types.event_type
    );
    unknown constant text := (
        select min(wanted)
        from unnest(add_endpoint.event_types) as wanted
        where wanted <> all(known)
    );
begin
    if coalesce(url, '') = '' or coalesce(actor, '') = '' then
        raise exception 'an endpoint needs an address and the name of who adds it'
            using errcode = 'check_violation', hint = 'Give both.';
    elsif event_types = '{}' then
        raise exception 'an endpoint needs an event that it is told'
            using
                errcode = 'check_violation',
                hint = 'The events are ' || array_to_string(known, ', ') || '.';
    elsif not exists (
        select 1
        from outreach.workspaces
        where workspaces.workspace_id = add_endpoint.workspace_id
    ) then
        raise exception 'there is no workspace %', coalesce(workspace_id::text, '')
            using errcode = 'no_data_found', hint = 'See `trueup workspace list`.';
    elsif unknown is not null then
        raise exception '% is no event that an endpoint can be told', unknown
            using
                errcode = 'invalid_parameter_value',
                hint = 'The events are ' || array_to_string(known, ', ') || '.';
    end if;

    -- Two random uuids hold 244 random bits.
    secret := 'whsec_' || encode(
        sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')),
        'base64'
    );

    insert into outreach.endpoints as endpoints (
        workspace_id, url, event_types, secret, created_by, created_at,
        limits_read_until
    )
    values (
        add_endpoint.workspace_id, add_endpoint.url,
        coalesce(add_endpoint.event_types, known), add_endpoint.secret, add_endpoint.actor, at, at
    )
    returning endpoints.endpoint_id, endpoints.event_types into endpoint_id, told;
end
$$;
