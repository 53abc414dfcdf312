-- Pauses an endpoint, or resumes it. Its events wait while it is paused. Returns whether
-- that changed anything.
create or replace function outreach.set_endpoint_pause(
    workspace_id bigint,
    endpoint_id bigint,
    is_paused boolean,
    actor text,
    reason text,
    as_of timestamptz default null
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    endpoint constant outreach.endpoints := outreach.lock_endpoint(
        set_endpoint_pause.workspace_id, set_endpoint_pause.endpoint_id
    );
begin
    if is_paused is null or coalesce(actor, '') = '' or coalesce(reason, '') = '' then
        raise exception 'a pause of an endpoint needs an actor and a reason'
            using
                errcode = 'check_violation',
                hint = 'Say whether it is paused, by whom and why.';
    end if;

    if (endpoint.paused_at is not null) = is_paused then
        return false;
    end if;

    update outreach.endpoints as endpoints
    set
        paused_at = case when is_paused then at end,
        paused_by = case when is_paused then set_endpoint_pause.actor end,
        paused_reason = case when is_paused then set_endpoint_pause.reason end
    where
        endpoints.workspace_id = set_endpoint_pause.workspace_id
        and endpoints.endpoint_id = endpoint.endpoint_id;

    return true;
end
$$;
