-- Each enrollment with its live job, if it has one, and what decides whether that job may
-- be done: facts of its campaign, account, person and earlier calls. The last three
-- columns cost a look-up each, and only a query that needs them makes it.
-- was_begun_before: an earlier call of this step may have reached the person.
-- is_invited_elsewhere: the account invites the person for another enrollment: the invite
-- went out, is under way, or had no answer. A withdrawn one is over.
-- needs_note: the job is an invite that is sent with its note or not at all, by its step
-- or by the wording that the enrollment was given.
create or replace view outreach.send_facts
with (security_invoker = true)
as
select
    enrollments.workspace_id,
    enrollments.enrollment_id,
    enrollments.account_id,
    enrollments.prospect_id,
    enrollments.linkedin_status,
    jobs.job_id,
    jobs.status as job_status,
    jobs.claimed_by,
    jobs.action,
    jobs.run_at,
    prospects.do_not_contact_at is not null as is_do_not_contact,
    campaigns.status = 'running' as is_campaign_running,
    provider_accounts.account_id is not null
    and outreach.may_use_product(
        accounts.status,
        accounts.product_states,
        case
            when jobs.action = 'send_inmail'
                then outreach.needed_product(
                    jobs.action,
                    (
                        select steps.settings
                        from outreach.campaign_steps as steps
                        where
                            steps.workspace_id = enrollments.workspace_id
                            and steps.step_id = jobs.step_id
                    )
                )
            else 'classic'
        end
    ) as is_account_connected,
    accounts.paused_at is not null as is_account_paused,
    enrollments.paused_at is not null as is_enrollment_paused,
    prospects.provider_id is not null as has_profile,
    exists (
        select 1
        from outreach.attempt_states as attempts
        where
            attempts.workspace_id = enrollments.workspace_id
            and attempts.enrollment_id = enrollments.enrollment_id
            and attempts.step_id = jobs.step_id
            and attempts.action = jobs.action
            and attempts.state <> 'unsent'
        offset 0 -- keeps this an index look-up per job
    ) as was_begun_before,
    exists (
        select 1
        from outreach.campaign_prospects as others
        where
            others.workspace_id = enrollments.workspace_id
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
                        attempts.workspace_id = others.workspace_id
                        and attempts.enrollment_id = others.enrollment_id
                        and attempts.action = 'send_invite'
                        and attempts.state <> 'unsent'
                    offset 0
                )
            )
        offset 0
    ) as is_invited_elsewhere,
    exists (
        select 1
        from outreach.needed_note_steps as needed
        where
            needed.workspace_id = enrollments.workspace_id
            and needed.step_id = jobs.step_id
        offset 0
    )
    or exists (
        select 1
        from outreach.enrollment_step_variants as assigned
        inner join outreach.campaign_steps as steps
            on
                assigned.workspace_id = steps.workspace_id
                and assigned.step_id = steps.step_id
        inner join outreach.campaign_step_templates as templates
            on
                assigned.workspace_id = templates.workspace_id
                and assigned.step_id = templates.step_id
                and assigned.variant = templates.variant
                and templates.field = 'note'
        where
            assigned.workspace_id = enrollments.workspace_id
            and assigned.enrollment_id = enrollments.enrollment_id
            and assigned.step_id = jobs.step_id
            and steps.settings ->> 'on_note_limit' is distinct from 'leave_out'
        offset 0
    ) as needs_note
from outreach.campaign_prospects as enrollments
inner join outreach.campaigns
    on
        enrollments.workspace_id = campaigns.workspace_id
        and enrollments.campaign_id = campaigns.campaign_id
inner join outreach.linkedin_accounts as accounts
    on
        enrollments.workspace_id = accounts.workspace_id
        and enrollments.account_id = accounts.account_id
inner join outreach.prospects
    on
        enrollments.workspace_id = prospects.workspace_id
        and enrollments.prospect_id = prospects.prospect_id
left join outreach.provider_accounts
    on
        enrollments.workspace_id = provider_accounts.workspace_id
        and enrollments.account_id = provider_accounts.account_id
left join outreach.campaign_send_jobs as jobs
    on
        enrollments.workspace_id = jobs.workspace_id
        and enrollments.enrollment_id = jobs.enrollment_id
        and outreach.is_live_job(jobs.status);

grant select on outreach.send_facts to sender, operator;
