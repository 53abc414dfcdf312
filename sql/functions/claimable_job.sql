-- The job that an account may do next at a moment, or null. Judges by status, window,
-- holds, cooldowns and limits; the account's row must be locked by the caller.
-- One index look-up per action: a hundred thousand invites that wait for
-- tomorrow's limit never stand between a message and its turn.
create or replace function outreach.claimable_job(
    workspace_id bigint,
    account_id bigint,
    at timestamptz
)
returns bigint
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
    local_date date;
    candidate record;
begin
    if exists (
        select
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = claimable_job.workspace_id
            and jobs.account_id = claimable_job.account_id
            and jobs.status in ('claimed', 'sending')
    ) then
        return null;
    end if;

    if not exists (
        select
        from outreach.linkedin_accounts as accounts
        where
            accounts.workspace_id = claimable_job.workspace_id
            and accounts.account_id = claimable_job.account_id
            and accounts.status = 'connected'
            and accounts.paused_at is null
            and exists (
                select
                from outreach.provider_accounts
                where
                    provider_accounts.workspace_id = accounts.workspace_id
                    and provider_accounts.account_id = accounts.account_id
            )
    ) then
        return null;
    end if;

    if not exists (
        select
        from outreach.sending_window_at(
            claimable_job.workspace_id, claimable_job.account_id, claimable_job.at
        )
    ) then
        return null;
    end if;

    local_date := outreach.account_local_date(
        claimable_job.workspace_id, claimable_job.account_id, claimable_job.at
    );

    for candidate in
        select
            actions.action,
            due.job_id
        from unnest(array[
            'resolve_profile', 'send_invite', 'send_message', 'send_inmail', 'comment',
            'end_wait', 'withdraw_invite'
        ]) as actions (action)
        cross join lateral (
            select
                jobs.job_id,
                jobs.run_at
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = claimable_job.workspace_id
                and jobs.account_id = claimable_job.account_id
                and jobs.action = actions.action
                and jobs.status = 'queued'
                and jobs.run_at <= claimable_job.at
                and exists (
                    select
                    from outreach.campaigns
                    where
                        campaigns.workspace_id = jobs.workspace_id
                        and campaigns.campaign_id = jobs.campaign_id
                        and campaigns.status = 'running'
                    offset 0
                )
                and exists (
                    select
                    from outreach.campaign_prospects as enrollments
                    where
                        enrollments.workspace_id = jobs.workspace_id
                        and enrollments.enrollment_id = jobs.enrollment_id
                        and enrollments.paused_at is null
                        and not outreach.is_cooled(
                            jobs, enrollments.prospect_id, claimable_job.at
                        )
                    offset 0
                )
            order by jobs.run_at, jobs.job_id
            limit 1
        ) as due
        where not exists (
            select
            from outreach.linkedin_account_holds as holds
            where
                holds.workspace_id = claimable_job.workspace_id
                and holds.account_id = claimable_job.account_id
                and holds.action = actions.action
                and holds.held_until > claimable_job.at
        )
        order by due.run_at, due.job_id
    loop
        if outreach.limit_reached(
            claimable_job.workspace_id, claimable_job.account_id,
            candidate.action, local_date, claimable_job.at
        ) is null then
            return candidate.job_id;
        end if;
    end loop;

    return null;
end
$$;
