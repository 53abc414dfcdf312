-- Whether an enrollment counts as accepted: it has the time of an accept, or the last
-- event about an accept is invite_accepted and the enrollment is not pending again.
-- Without a time, and pending again, the accept was reverted (LL#275). last_event_type:
-- invite_accepted or accept_reverted, null without such an event. The body is parsed at
-- creation, so that no search_path can change its meaning and a query can inline it.
create or replace function outreach.is_accepted(
    linkedin_accepted_at timestamptz,
    linkedin_status text,
    last_event_type text
)
returns boolean
language sql
immutable
parallel safe
return
    is_accepted.linkedin_accepted_at is not null
    or coalesce(
        is_accepted.last_event_type = 'invite_accepted'
        and is_accepted.linkedin_status <> 'pending_accept',
        false
    );
