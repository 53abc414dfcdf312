-- The next step of each enrollment, one row each, as outreach.steps_after() says for its
-- place, and when its job is due, with the enrollment's jitter; null without a job. An
-- enrollment that has replied, failed or must not be contacted has no row.
-- sent_statuses, invited_ats: what a send is about to write (outreach.step_places).
-- from_status, invited_at: the enrollment's own, or those that the send writes.
create or replace function outreach.next_steps(
    workspace_id bigint,
    enrollment_ids bigint [],
    at timestamptz,
    is_connected boolean,
    sent_statuses text [],
    invited_ats timestamptz []
)
returns table (
    enrollment_id bigint,
    from_status text,
    invited_at timestamptz,
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
        array_agg(places.invited_at) as invited_ats,
        array_agg(places.is_connected_now) as are_connected,
        array_agg(places.is_invited) as are_invited,
        array_agg(places.has_profile) as have_profiles
    into moving
    from outreach.step_places(
        next_steps.workspace_id, enrollment_ids, next_steps.is_connected,
        sent_statuses, next_steps.invited_ats
    ) as places;

    return query
    select
        moving.enrollment_ids[after.place],
        moving.linkedin_statuses[after.place],
        moving.invited_ats[after.place],
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
