-- Invites of an account that are pending now, with those that may yet turn out to be:
-- calls under way and calls nobody answered, begun past the queue too. By what went out
-- and was neither accepted nor withdrawn, whatever step the enrollment has come to since.
create or replace function outreach.outstanding_invites(
    workspace_id bigint,
    account_id bigint
)
returns bigint
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        (
            select count(*)
            from outreach.campaign_prospects as enrollments
            where
                enrollments.workspace_id = $1
                and enrollments.account_id = $2
                and enrollments.linkedin_accepted_at is null
                and (
                    enrollments.linkedin_invited_at is not null
                    or enrollments.linkedin_status = 'pending_accept'
                )
                and enrollments.linkedin_status not in ('withdrawn', 'replied')
        )
        + (
            select count(*)
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = $1
                and jobs.account_id = $2
                and jobs.action = 'send_invite'
                and jobs.status = 'sending'
        )
        + (
            select count(*)
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = $1
                and jobs.account_id = $2
                and jobs.action = 'send_invite'
                and jobs.status = 'unknown'
        )
        + (
            -- Begun, though its job does not say so, or does not yet.
            select count(*)
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = $1
                and jobs.account_id = $2
                and jobs.action = 'send_invite'
                and jobs.status = 'claimed'
                and exists (
                    select 1
                    from outreach.attempt_states as attempts
                    where
                        attempts.workspace_id = $1
                        and attempts.job_id = jobs.job_id
                        and attempts.state <> 'unsent'
                    offset 0
                )
        )
$$;
