-- Invites that are pending now or may be, one row each: sent invites that were neither
-- accepted nor withdrawn nor gone, calls in progress, and calls without an answer,
-- including calls that began outside the queue. The present step of the enrollment does
-- not matter, and neither does a reply: an InMail can be answered while the invite is
-- pending, and who accepted is known by linkedin_accepted_at.
create or replace view outreach.outstanding_invites
with (security_invoker = true)
as
select
    enrollments.workspace_id,
    enrollments.account_id,
    enrollments.enrollment_id
from outreach.campaign_prospects as enrollments
where
    enrollments.linkedin_accepted_at is null
    and (
        enrollments.linkedin_invited_at is not null
        or enrollments.linkedin_status = 'pending_accept'
    )
    and enrollments.linkedin_status <> 'withdrawn'
    -- Withdrawn by hand, or expired.
    and not exists (
        select 1
        from outreach.campaign_events as events
        where
            events.workspace_id = enrollments.workspace_id
            and events.enrollment_id = enrollments.enrollment_id
            and events.event_type = 'invite_gone'
    )

union all

select
    jobs.workspace_id,
    jobs.account_id,
    jobs.enrollment_id
from outreach.campaign_send_jobs as jobs
where
    jobs.action = 'send_invite'
    and jobs.status = 'sending'

union all

select
    jobs.workspace_id,
    jobs.account_id,
    jobs.enrollment_id
from outreach.campaign_send_jobs as jobs
where
    jobs.action = 'send_invite'
    and jobs.status = 'unknown'

union all

-- Begun attempts whose job does not have one of these statuses yet.
select
    jobs.workspace_id,
    jobs.account_id,
    jobs.enrollment_id
from outreach.campaign_send_jobs as jobs
where
    jobs.action = 'send_invite'
    and jobs.status = 'claimed'
    and exists (
        select 1
        from outreach.attempt_states as attempts
        where
            attempts.workspace_id = jobs.workspace_id
            and attempts.job_id = jobs.job_id
            and attempts.state <> 'unsent'
        offset 0
    );

grant select on outreach.outstanding_invites to sender, operator;
