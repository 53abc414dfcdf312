-- Whether an enrollment counts as accepted: it has the time of an accept, or the last
-- event about an accept is invite_accepted and the enrollment is not pending again. No
-- time, and pending again, is the sign of an accept that was reverted (LL#275).
-- last_event_type: invite_accepted or accept_reverted, null without such an event.
-- No search_path of its own, so that a query can take it in; every name is qualified.
create or replace function outreach.is_accepted(
    linkedin_accepted_at timestamptz,
    linkedin_status text,
    last_event_type text
)
returns boolean
language sql
immutable
parallel safe
as $$
    select
        $1 is not null
        or coalesce($3 = 'invite_accepted' and $2 <> 'pending_accept', false)
$$;
