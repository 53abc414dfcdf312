-- Where these enrollments are, one row each: what decides which step follows
-- (outreach.steps_after). An enrollment that has replied, failed or must not be
-- contacted has no row.
-- is_connected: whether they all are known to be connected to their account.
create or replace function outreach.step_places(
    workspace_id bigint,
    enrollment_ids bigint [],
    is_connected boolean default false
)
returns table (
    enrollment_id bigint,
    account_id bigint,
    step_id bigint,
    linkedin_status text,
    is_connected_now boolean,
    is_invited boolean,
    has_profile boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        enrollments.enrollment_id,
        enrollments.account_id,
        enrollments.current_step_id,
        enrollments.linkedin_status,
        step_places.is_connected
        or enrollments.linkedin_accepted_at is not null
        or signs.is_connected is true,
        enrollments.linkedin_invited_at is not null
        or signs.is_invited is true,
        prospects.provider_id is not null
    from unnest(enrollment_ids) as asked (enrollment_id)
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = step_places.workspace_id
            and asked.enrollment_id = enrollments.enrollment_id
    inner join outreach.prospects
        on
            prospects.workspace_id = step_places.workspace_id
            and enrollments.prospect_id = prospects.prospect_id
    cross join lateral (
        select
            bool_or(events.event_type = 'already_connected') as is_connected,
            bool_or(events.event_type = 'already_pending') as is_invited
        from outreach.campaign_events as events
        where
            events.workspace_id = step_places.workspace_id
            and events.enrollment_id = enrollments.enrollment_id
            and events.event_type in ('already_connected', 'already_pending')
    ) as signs
    where
        enrollments.linkedin_status in (
            'ready_to_invite', 'pending_accept', 'ready_to_message'
        )
        and prospects.do_not_contact_at is null;
end
$$;
