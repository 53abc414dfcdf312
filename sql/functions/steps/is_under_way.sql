-- Whether an enrollment is under way by its status: it has a step before it, or waits for
-- an accept or for a template. The index campaign_prospects_under_way has these statuses.
-- The body is parsed at creation, so that no search_path can change its meaning and a
-- query can inline it.
create or replace function outreach.is_under_way(linkedin_status text)
returns boolean
language sql
immutable
parallel safe
return is_under_way.linkedin_status in (
    'ready_to_invite', 'pending_accept', 'ready_to_message', 'pending_template_fix'
);
