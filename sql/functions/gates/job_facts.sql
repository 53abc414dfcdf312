-- What decides whether an enrollment's live job may be done, gathered from its campaign,
-- account, person and earlier calls. One row for each of these enrollments.
-- What only a due job is asked is null for any other: is_status_right, was_begun_before
-- and is_invited_elsewhere.
create or replace function outreach.job_facts(
    workspace_id bigint,
    enrollment_ids bigint [],
    at timestamptz
)
returns table (
    enrollment_id bigint,
    account_id bigint,
    linkedin_status text,
    job_id bigint,
    job_status text,
    claimed_by text,
    action text,
    run_at timestamptz,
    cooled_until timestamptz,
    is_do_not_contact boolean,
    is_campaign_running boolean,
    is_account_connected boolean,
    is_account_paused boolean,
    is_enrollment_paused boolean,
    has_profile boolean,
    is_status_right boolean,
    was_begun_before boolean,
    is_invited_elsewhere boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        enrollments.enrollment_id,
        enrollments.account_id,
        enrollments.linkedin_status,
        jobs.job_id,
        jobs.status,
        jobs.claimed_by,
        jobs.action,
        jobs.run_at,
        cooldowns.cooled_until,
        prospects.do_not_contact_at is not null,
        campaigns.status = 'running',
        accounts.status = 'connected' and provider_accounts.account_id is not null,
        accounts.paused_at is not null,
        enrollments.paused_at is not null,
        prospects.provider_id is not null,
        case
            when jobs.run_at <= job_facts.at
                then
                    enrollments.linkedin_status
                    = any(outreach.sendable_statuses(jobs.action))
        end,
        case
            when
                jobs.run_at <= job_facts.at
                and not outreach.may_be_repeated(jobs.action)
                then exists (
                    select 1
                    from outreach.attempt_states as attempts
                    where
                        attempts.workspace_id = job_facts.workspace_id
                        and attempts.enrollment_id = enrollments.enrollment_id
                        and attempts.step_id = jobs.step_id
                        and attempts.action = jobs.action
                        and attempts.state <> 'unsent'
                    offset 0 -- keeps this an index look-up per job
                )
        end,
        -- The invite went out, is under way, or nobody answered. A withdrawn one is over.
        case
            when jobs.run_at <= job_facts.at and jobs.action = 'send_invite'
                then exists (
                    select 1
                    from outreach.campaign_prospects as others
                    where
                        others.workspace_id = job_facts.workspace_id
                        and others.prospect_id = enrollments.prospect_id
                        and others.account_id = enrollments.account_id
                        and others.enrollment_id <> enrollments.enrollment_id
                        and others.linkedin_status <> 'withdrawn'
                        and (
                            others.linkedin_invited_at is not null
                            or exists (
                                select 1
                                from outreach.attempt_states as attempts
                                where
                                    attempts.workspace_id = job_facts.workspace_id
                                    and attempts.enrollment_id = others.enrollment_id
                                    and attempts.action = 'send_invite'
                                    and attempts.state <> 'unsent'
                                offset 0
                            )
                        )
                    offset 0
                )
        end
    from unnest(enrollment_ids) as asked (enrollment_id)
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = job_facts.workspace_id
            and asked.enrollment_id = enrollments.enrollment_id
    inner join outreach.campaigns
        on
            campaigns.workspace_id = job_facts.workspace_id
            and enrollments.campaign_id = campaigns.campaign_id
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = job_facts.workspace_id
            and enrollments.account_id = accounts.account_id
    inner join outreach.prospects
        on
            prospects.workspace_id = job_facts.workspace_id
            and enrollments.prospect_id = prospects.prospect_id
    left join outreach.provider_accounts
        on
            provider_accounts.workspace_id = job_facts.workspace_id
            and enrollments.account_id = provider_accounts.account_id
    left join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = job_facts.workspace_id
            and enrollments.enrollment_id = jobs.enrollment_id
            and outreach.is_live_job(jobs.status)
    left join outreach.prospect_cooldowns as cooldowns
        on
            cooldowns.workspace_id = job_facts.workspace_id
            and enrollments.account_id = cooldowns.account_id
            and enrollments.prospect_id = cooldowns.prospect_id
            and jobs.action = cooldowns.action
            and cooldowns.cooled_until > job_facts.at;
end
$$;
