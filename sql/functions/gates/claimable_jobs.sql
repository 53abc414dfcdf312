-- The job that each of these accounts may do next at a moment, for those that have one.
-- Judges by status, window, holds, cooldowns and limits; a claim has the accounts' rows
-- locked in an earlier statement.
-- One index look-up per account and action, from where outreach.send_queue_watermarks says:
-- a hundred thousand invites that wait for tomorrow's limit never stand between a
-- message and its turn.
create or replace function outreach.claimable_jobs(
    workspace_id bigint,
    account_ids bigint [],
    at timestamptz
)
returns table (account_id bigint, job_id bigint)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        accounts.account_id,
        due.job_id
    from unnest($2) as asked (account_id)
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = $1
            and asked.account_id = accounts.account_id
            and accounts.status = 'connected'
            and accounts.paused_at is null
    inner join lateral outreach.sending_window_at(
        accounts.workspace_id, accounts.account_id, $3
    ) as windows on true
    cross join lateral (
        select
            candidates.job_id
        from outreach.send_queue_watermarks as watermarks
        cross join lateral (
            select
                jobs.job_id,
                jobs.run_at
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = $1
                and jobs.account_id = accounts.account_id
                and jobs.action = watermarks.list
                and jobs.status = 'queued'
                and jobs.run_at between watermarks.watermark_at and $3
                and exists (
                    select 1
                    from outreach.campaigns
                    where
                        campaigns.workspace_id = $1
                        and campaigns.campaign_id = jobs.campaign_id
                        and campaigns.status = 'running'
                    offset 0
                )
                and exists (
                    select 1
                    from outreach.campaign_prospects as enrollments
                    where
                        enrollments.workspace_id = $1
                        and enrollments.enrollment_id = jobs.enrollment_id
                        and enrollments.paused_at is null
                        and not exists (
                            select 1
                            from outreach.prospect_cooldowns as cooldowns
                            where
                                cooldowns.workspace_id = $1
                                and cooldowns.account_id = jobs.account_id
                                and cooldowns.prospect_id = enrollments.prospect_id
                                and cooldowns.action = jobs.action
                                and cooldowns.cooled_until > $3
                            offset 0
                        )
                    offset 0
                )
            order by
                jobs.run_at,
                jobs.job_id
            limit 1
        ) as candidates
        where
            watermarks.workspace_id = $1
            and watermarks.account_id = accounts.account_id
            and not exists (
                select 1
                from outreach.linkedin_account_holds as holds
                where
                    holds.workspace_id = $1
                    and holds.account_id = accounts.account_id
                    and holds.action = watermarks.list
                    and holds.held_until > $3
                offset 0
            )
            and not exists (
                select 1
                from outreach.limit_reached(
                    $1, accounts.account_id, watermarks.list,
                    ($3 at time zone windows.timezone)::date, $3
                ) as limits
                where limits.reached is not null
                offset 0
            )
        order by
            candidates.run_at,
            candidates.job_id
        limit 1
    ) as due
    where
        exists (
            select 1
            from outreach.provider_accounts
            where
                provider_accounts.workspace_id = $1
                and provider_accounts.account_id = accounts.account_id
            offset 0
        )
        and not exists (
            select 1
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = $1
                and jobs.account_id = accounts.account_id
                and jobs.status in ('claimed', 'sending')
                and jobs.lease_expires_at >= coalesce(
                    (
                        select watermarks.watermark_at
                        from outreach.send_queue_watermarks as watermarks
                        where
                            watermarks.workspace_id = $1
                            and watermarks.account_id = accounts.account_id
                            and watermarks.list = 'leased'
                    ),
                    '-infinity'
                )
            offset 0
        )
    order by accounts.account_id
$$;
