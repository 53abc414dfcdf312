-- Each of these enrollments with its live job, if it has one, and what decides whether
-- that job may be done at a moment.
-- was_begun_before: an earlier call of this step may have reached the person. It and
-- is_invited_elsewhere (another enrollment's invite of the account to the person went out,
-- is under way, or had no answer) cost a look-up each, for a job that is due. asks_history:
-- false leaves them null, except for a person who is cooled. Estimated at few rows, so that
-- the query of outreach.job_blockers is not planned anew at each call.
create or replace function outreach.send_facts(
    workspace_id bigint,
    enrollment_ids bigint [],
    at timestamptz,
    asks_history boolean
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
    is_do_not_contact boolean,
    is_campaign_running boolean,
    is_account_connected boolean,
    is_account_paused boolean,
    is_enrollment_paused boolean,
    has_profile boolean,
    cooled_until timestamptz,
    was_begun_before boolean, is_invited_elsewhere boolean
)
language plpgsql
stable
rows 10
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select found.*
    from unnest(enrollment_ids) as asked (enrollment_id)
    cross join lateral (
        select
            enrollments.enrollment_id,
            enrollments.account_id,
            enrollments.linkedin_status,
            jobs.job_id,
            jobs.status,
            jobs.claimed_by,
            jobs.action,
            jobs.run_at,
            prospects.do_not_contact_at is not null,
            campaigns.status = 'running',
            provider_accounts.account_id is not null and outreach.may_use_product(
                accounts.status, accounts.product_states,
                coalesce( -- an InMail names the product that it goes over
                    case when jobs.action = 'send_inmail' then steps.settings ->> 'api' end,
                    'classic'
                )
            ),
            accounts.paused_at is not null,
            enrollments.paused_at is not null,
            prospects.provider_id is not null,
            cooldowns.cooled_until,
            case
                when
                    jobs.run_at <= send_facts.at and not outreach.may_be_repeated(jobs.action)
                    and (asks_history or cooldowns.cooled_until is not null)
                    then exists (
                        select 1 from outreach.send_attempts as attempts
                        where (attempts.workspace_id, attempts.enrollment_id)
                            = (send_facts.workspace_id, enrollments.enrollment_id)
                            and attempts.step_id = jobs.step_id
                            and attempts.action = jobs.action
                            and outreach.state_of_means(
                                array(
                                    select outcomes.means
                                    from outreach.send_attempt_outcomes as outcomes
                                    where (outcomes.workspace_id, outcomes.attempt_id)
                                    = (send_facts.workspace_id, attempts.attempt_id)
                                )
                            ) <> 'unsent'
                        offset 0 -- keeps this an index look-up per job
                    )
            end,
            case
                when
                    jobs.run_at <= send_facts.at and jobs.action = 'send_invite'
                    and (asks_history or cooldowns.cooled_until is not null)
                    then exists (
                        select 1 from outreach.campaign_prospects as others
                        where
                            others.workspace_id = send_facts.workspace_id
                            and others.prospect_id = enrollments.prospect_id
                            and others.account_id = enrollments.account_id
                            and others.enrollment_id <> enrollments.enrollment_id
                            and others.linkedin_status <> 'withdrawn'
                            and (
                                others.linkedin_invited_at is not null
                                or exists (
                                    select 1 from outreach.send_attempts as attempts
                                    where
                                        attempts.workspace_id = send_facts.workspace_id
                                        and attempts.enrollment_id = others.enrollment_id
                                        and attempts.action = 'send_invite'
                                        and outreach.state_of_means(
                                            array(
                                                select outcomes.means
                                                from outreach.send_attempt_outcomes as outcomes
                                                where (outcomes.workspace_id, outcomes.attempt_id)
                                                = (send_facts.workspace_id, attempts.attempt_id)
                                            )
                                        ) <> 'unsent'
                                )
                            )
                        offset 0
                    )
            end
        from outreach.campaign_prospects as enrollments
        inner join outreach.campaigns
            on (campaigns.workspace_id, campaigns.campaign_id)
            = (send_facts.workspace_id, enrollments.campaign_id)
        inner join outreach.linkedin_accounts as accounts
            on (accounts.workspace_id, accounts.account_id)
            = (send_facts.workspace_id, enrollments.account_id)
        inner join outreach.prospects
            on (prospects.workspace_id, prospects.prospect_id)
            = (send_facts.workspace_id, enrollments.prospect_id)
        left join outreach.provider_accounts
            on (provider_accounts.workspace_id, provider_accounts.account_id)
            = (send_facts.workspace_id, enrollments.account_id)
        left join outreach.campaign_send_jobs as jobs
            on (jobs.workspace_id, jobs.enrollment_id)
            = (send_facts.workspace_id, enrollments.enrollment_id)
            and outreach.is_live_job(jobs.status)
        left join outreach.campaign_steps as steps
            on (steps.workspace_id, steps.step_id) = (send_facts.workspace_id, jobs.step_id)
        left join outreach.prospect_cooldowns as cooldowns
            on (cooldowns.workspace_id, cooldowns.account_id)
            = (send_facts.workspace_id, enrollments.account_id)
            and enrollments.prospect_id = cooldowns.prospect_id
            and jobs.action = cooldowns.action
            and cooldowns.cooled_until > send_facts.at
        where (enrollments.workspace_id, enrollments.enrollment_id)
        = (send_facts.workspace_id, asked.enrollment_id)
        offset 0 -- keeps this a look-up by key
    ) as found;
end
$$;
