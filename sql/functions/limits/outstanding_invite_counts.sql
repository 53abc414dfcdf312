-- How many invites of each of these accounts are pending now or may be: sent invites that
-- were neither accepted nor withdrawn nor gone, calls in progress, and calls without an
-- answer, including calls that began outside the queue. The present step of the
-- enrollment does not matter, and neither does a reply: an InMail can be answered while
-- the invite is pending, and who accepted is known by linkedin_accepted_at.
-- only_limited: leaves out accounts without a limit on outstanding invites.
create or replace function outreach.outstanding_invite_counts(
    workspace_id bigint,
    account_ids bigint [],
    only_limited boolean default false
)
returns table (account_id bigint, invite_count bigint)
language plpgsql
stable
rows 10
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    counted_ids bigint [] := account_ids;
begin
    if only_limited then
        counted_ids := array(
            select limits.account_id
            from outreach.linkedin_account_limits as limits
            where
                limits.workspace_id = outstanding_invite_counts.workspace_id
                and limits.account_id = any(account_ids)
                and limits.action = 'send_invite'
                and limits.per = 'outstanding'
        );
    end if;

    if coalesce(counted_ids, '{}') = '{}' then
        return; -- nearly all claims and begins have no such limit
    end if;

    return query
    select
        accounts.account_id,
        (
            select count(*)
            from outreach.campaign_prospects as enrollments
            where
                enrollments.workspace_id = outstanding_invite_counts.workspace_id
                and enrollments.account_id = accounts.account_id
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
                        events.workspace_id = outstanding_invite_counts.workspace_id
                        and events.enrollment_id = enrollments.enrollment_id
                        and events.event_type = 'invite_gone'
                )
        ) + (
            select count(*)
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = outstanding_invite_counts.workspace_id
                and jobs.account_id = accounts.account_id
                and jobs.action = 'send_invite'
                and jobs.status = 'sending'
        ) + (
            select count(*)
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = outstanding_invite_counts.workspace_id
                and jobs.account_id = accounts.account_id
                and jobs.action = 'send_invite'
                and jobs.status = 'unknown'
        ) + (
            -- Begun attempts whose job does not have one of these statuses yet.
            select count(*)
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = outstanding_invite_counts.workspace_id
                and jobs.account_id = accounts.account_id
                and jobs.action = 'send_invite'
                and jobs.status = 'claimed'
                and exists (
                    select 1
                    from outreach.send_attempts as attempts
                    where
                        attempts.workspace_id = outstanding_invite_counts.workspace_id
                        and attempts.job_id = jobs.job_id
                        and outreach.state_of_means(
                            array(
                                select outcomes.means
                                from outreach.send_attempt_outcomes as outcomes
                                where
                                    outcomes.workspace_id = outstanding_invite_counts.workspace_id
                                    and outcomes.attempt_id = attempts.attempt_id
                            )
                        ) <> 'unsent'
                    offset 0
                )
        )
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = outstanding_invite_counts.workspace_id
        and accounts.account_id = any(counted_ids);
end
$$;
