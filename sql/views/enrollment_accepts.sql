-- Each enrollment with the facts about its accept (outreach.is_accepted).
-- is_event_standing: whether the last event about it is invite_accepted and not
-- accept_reverted, in the order of event_id, because a late event has an old
-- occurred_at.
create or replace view outreach.enrollment_accepts
with (security_invoker = true)
as
select
    enrollments.workspace_id,
    enrollments.enrollment_id,
    coalesce(last_events.event_type = 'invite_accepted', false) as is_event_standing,
    outreach.is_accepted(
        enrollments.linkedin_accepted_at,
        enrollments.linkedin_status,
        last_events.event_type
    ) as is_accepted,
    coalesce(
        enrollments.linkedin_accepted_at,
        case
            when last_events.event_type = 'invite_accepted'
                then last_events.occurred_at
        end
    ) as accepted_at
from outreach.campaign_prospects as enrollments
left join lateral (
    select
        events.event_type,
        events.occurred_at
    from outreach.campaign_events as events
    where
        events.workspace_id = enrollments.workspace_id
        and events.enrollment_id = enrollments.enrollment_id
        and events.event_type in ('invite_accepted', 'accept_reverted')
    order by events.event_id desc
    limit 1
) as last_events on true;

grant select on outreach.enrollment_accepts to sender, operator;
