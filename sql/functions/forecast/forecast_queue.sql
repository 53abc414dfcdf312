-- The live jobs of the active enrollments of some accounts, account by account in the
-- order of its queue (outreach.forecast_jobs), each that goes with its place on the way
-- through its campaign (outreach.forecast_paths).
-- account_ids: null for all of the workspace.
-- place_number: the position of the place among the distinct ones, in their order.
create or replace function outreach.forecast_queue(
    workspace_id bigint,
    account_ids bigint [],
    as_of timestamptz,
    until timestamptz
)
returns table (
    account_id bigint,
    enrollment_id bigint,
    job_id bigint,
    action text,
    list text,
    starts_at timestamptz,
    blocker text,
    sender_does text,
    goes boolean,
    place jsonb,
    place_number bigint
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    active_ids constant bigint [] := array(
        select enrollments.enrollment_id
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = forecast_queue.workspace_id
            and (
                forecast_queue.account_ids is null
                or enrollments.account_id = any(forecast_queue.account_ids)
            )
            and outreach.is_under_way(enrollments.linkedin_status)
    );
begin
    return query
    select
        placed.*,
        dense_rank() over (partition by placed.goes order by placed.place)
    from (
        select
            jobs.*,
            case
                when jobs.goes
                    then jsonb_build_object(
                        'step_id', places.step_id,
                        'action', jobs.action,
                        'status', places.linkedin_status,
                        'is_connected', places.is_connected_now,
                        'is_invited', places.is_invited,
                        'has_profile', places.has_profile
                    )
            end as place
        from outreach.forecast_jobs(
            forecast_queue.workspace_id, active_ids, forecast_queue.as_of,
            forecast_queue.until
        ) as jobs
        left join outreach.step_places(
            forecast_queue.workspace_id, active_ids
        ) as places
            on jobs.enrollment_id = places.enrollment_id
    ) as placed
    order by
        placed.account_id,
        placed.starts_at,
        placed.job_id;
end
$$;
