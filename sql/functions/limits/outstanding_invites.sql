-- Invites of an account that are pending now or may be: sent invites that were neither
-- accepted nor withdrawn nor gone, calls in progress, and calls without an answer,
-- including calls that began outside the queue. The present step of the enrollment does
-- not matter, and neither does a reply: an InMail can be answered while the invite is
-- pending, and who accepted is known by linkedin_accepted_at.
create or replace function outreach.outstanding_invites(
    workspace_id bigint,
    account_id bigint
)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return (
        select
            (
                select count(*)
                from outreach.campaign_prospects as enrollments
                where
                    enrollments.workspace_id = outstanding_invites.workspace_id
                    and enrollments.account_id = outstanding_invites.account_id
                    and enrollments.linkedin_accepted_at is null
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
                            events.workspace_id = outstanding_invites.workspace_id
                            and events.enrollment_id = enrollments.enrollment_id
                            and events.event_type = 'invite_gone'
                    )
            )
            + (
                select count(*)
                from outreach.campaign_send_jobs as jobs
                where
                    jobs.workspace_id = outstanding_invites.workspace_id
                    and jobs.account_id = outstanding_invites.account_id
                    and jobs.action = 'send_invite'
                    and jobs.status = 'sending'
            )
            + (
                select count(*)
                from outreach.campaign_send_jobs as jobs
                where
                    jobs.workspace_id = outstanding_invites.workspace_id
                    and jobs.account_id = outstanding_invites.account_id
                    and jobs.action = 'send_invite'
                    and jobs.status = 'unknown'
            )
            + (
                -- Begun attempts whose job does not have that status, or not yet.
                select count(*)
                from outreach.campaign_send_jobs as jobs
                where
                    jobs.workspace_id = outstanding_invites.workspace_id
                    and jobs.account_id = outstanding_invites.account_id
                    and jobs.action = 'send_invite'
                    and jobs.status = 'claimed'
                    and exists (
                        select 1
                        from outreach.attempt_states as attempts
                        where
                            attempts.workspace_id = outstanding_invites.workspace_id
                            and attempts.job_id = jobs.job_id
                            and attempts.state <> 'unsent'
                        offset 0
                    )
            )
    );
end
$$;
