-- The next step of each enrollment, one row each, as outreach.steps_after() says for its
-- place, and when its job is due, with the enrollment's jitter; null without a job. An
-- enrollment that has replied, failed or must not be contacted has no row.
create or replace function outreach.next_steps(
    workspace_id bigint,
    enrollment_ids bigint [],
    at timestamptz,
    is_connected boolean
)
returns table (
    enrollment_id bigint,
    step_id bigint,
    job_action text,
    to_status text,
    run_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    moving record;
begin
    select
        array_agg(places.enrollment_id) as enrollment_ids,
        array_agg(places.account_id) as account_ids,
        array_agg(places.step_id) as step_ids,
        array_agg(places.linkedin_status) as linkedin_statuses,
        array_agg(places.is_connected_now) as are_connected,
        array_agg(places.is_invited) as are_invited,
        array_agg(places.has_profile) as have_profiles
    into moving
    from outreach.step_places(
        next_steps.workspace_id, enrollment_ids, next_steps.is_connected
    ) as places;

    return query
    select
        moving.enrollment_ids[after.place],
        after.step_id,
        after.job_action,
        after.to_status,
        case
            when after.waits_for is not null
                then outreach.jittered_moment(
                    next_steps.workspace_id, moving.account_ids[after.place],
                    moving.enrollment_ids[after.place], next_steps.at + after.waits_for
                )
        end
    from outreach.steps_after(
        next_steps.workspace_id, moving.step_ids, moving.linkedin_statuses,
        moving.are_connected, moving.are_invited, moving.have_profiles
    ) as after;
end
$$;
