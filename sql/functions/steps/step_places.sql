-- Where these enrollments are, one row each: what decides which step follows
-- (outreach.steps_after). An enrollment that has replied, failed or must not be
-- contacted has no row.
-- is_connected: whether they all are known to be connected to their account.
-- linkedin_statuses, invited_ats: one element for each enrollment, what a send is about
-- to write; null where the enrollment's own value stays.
create or replace function outreach.step_places(
    workspace_id bigint,
    enrollment_ids bigint [],
    is_connected boolean default false,
    linkedin_statuses text [] default null,
    invited_ats timestamptz [] default null
)
returns table (
    enrollment_id bigint,
    account_id bigint,
    step_id bigint,
    linkedin_status text,
    invited_at timestamptz,
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
        coalesce(asked.linkedin_status, enrollments.linkedin_status),
        coalesce(asked.invited_at, enrollments.linkedin_invited_at),
        step_places.is_connected
        or enrollments.linkedin_accepted_at is not null
        or signs.is_connected is true,
        coalesce(asked.invited_at, enrollments.linkedin_invited_at) is not null
        or signs.is_invited is true,
        prospects.provider_id is not null
    from unnest(
        enrollment_ids, step_places.linkedin_statuses, invited_ats
    ) as asked (enrollment_id, linkedin_status, invited_at)
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
        coalesce(asked.linkedin_status, enrollments.linkedin_status) in (
            'ready_to_invite', 'pending_accept', 'ready_to_message'
        )
        and prospects.do_not_contact_at is null;
end
$$;
