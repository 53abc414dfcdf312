-- Each claimed and rendered job with why it must not be done at a moment, or null when
-- nothing speaks against it. cancels is true where it must not be done at any other
-- moment either; resumes where something else comes first or instead: a look-up that is
-- missing, or one that is not needed any more. The accounts' rows are locked by the
-- caller in an earlier statement.
-- rendered: see outreach.begin_send_attempts.
create or replace function outreach.refusals_to_send(
    workspace_id bigint,
    worker text,
    rendered jsonb,
    at timestamptz
)
returns table (
    send jsonb,
    job_id bigint,
    job outreach.campaign_send_jobs,
    refusal text,
    cancels boolean,
    resumes boolean
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        asked.send,
        sends.job_id,
        jobs,
        verdicts.refusal,
        coalesce(
            verdicts.refusal in (
                'do_not_contact', 'begun_before', 'invited_by_another_campaign'
            )
            or starts_with(verdicts.refusal, 'status_'),
            false
        ) as cancels,
        coalesce(
            verdicts.refusal in ('profile_not_resolved', 'profile_known'), false
        ) as resumes
    from jsonb_array_elements($3) as asked (send)
    cross join lateral jsonb_to_record(asked.send) as sends (
        job_id bigint,
        variant text,
        validation_stamps text []
    )
    left join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = $1
            and sends.job_id = jobs.job_id
    left join outreach.campaign_prospects as enrollments
        on
            jobs.workspace_id = enrollments.workspace_id
            and jobs.enrollment_id = enrollments.enrollment_id
    left join outreach.linkedin_accounts as accounts
        on
            jobs.workspace_id = accounts.workspace_id
            and jobs.account_id = accounts.account_id
    left join outreach.campaigns
        on
            jobs.workspace_id = campaigns.workspace_id
            and jobs.campaign_id = campaigns.campaign_id
    left join outreach.prospects
        on
            enrollments.workspace_id = prospects.workspace_id
            and enrollments.prospect_id = prospects.prospect_id
    left join outreach.provider_accounts
        on
            jobs.workspace_id = provider_accounts.workspace_id
            and jobs.account_id = provider_accounts.account_id
    left join lateral outreach.sending_window_at(
        jobs.workspace_id, jobs.account_id, $4
    ) as windows on true
    cross join lateral (
        select
            case
                when
                    jobs.status is distinct from 'claimed'
                    or jobs.claimed_by is distinct from $2
                    or jobs.lease_expires_at <= $4
                    then 'lease_lost'
                when
                    prospects.do_not_contact_at is not null
                    -- Taking an invite back contacts nobody.
                    and jobs.action <> 'withdraw_invite'
                    then 'do_not_contact'
                when
                    enrollments.linkedin_status
                    <> all(outreach.sendable_statuses(jobs.action))
                    then 'status_' || enrollments.linkedin_status
                when
                    not outreach.may_be_repeated(jobs.action)
                    and exists (
                        select 1
                        from outreach.attempt_states as attempts
                        where
                            attempts.workspace_id = $1
                            and attempts.enrollment_id = jobs.enrollment_id
                            and attempts.step_id = jobs.step_id
                            and attempts.action = jobs.action
                            and attempts.state <> 'unsent'
                        offset 0 -- keeps this an index look-up per job
                    )
                    then 'begun_before'
                when
                    jobs.action = 'send_invite'
                    and exists (
                        select 1
                        from outreach.invited_elsewhere(jobs, prospects.prospect_id)
                        offset 0
                    )
                    then 'invited_by_another_campaign'
                when accounts.status <> 'connected'
                    then 'account_' || accounts.status
                when provider_accounts.provider_account_id is null
                    then 'account_not_linked'
                when accounts.paused_at is not null then 'account_paused'
                when enrollments.paused_at is not null then 'enrollment_paused'
                when campaigns.status <> 'running'
                    then 'campaign_' || campaigns.status
                when
                    prospects.provider_id is null
                    and jobs.action in ('send_invite', 'send_message', 'send_inmail')
                    then 'profile_not_resolved'
                when
                    prospects.provider_id is not null
                    and jobs.action = 'resolve_profile'
                    then 'profile_known'
                when exists (
                    select 1
                    from outreach.linkedin_account_holds as holds
                    where
                        holds.workspace_id = $1
                        and holds.account_id = jobs.account_id
                        and holds.action = jobs.action
                        and holds.held_until > $4
                    offset 0
                )
                    then 'account_held'
                when exists (
                    select 1
                    from outreach.prospect_cooldowns as cooldowns
                    where
                        cooldowns.workspace_id = $1
                        and cooldowns.account_id = jobs.account_id
                        and cooldowns.prospect_id = prospects.prospect_id
                        and cooldowns.action = jobs.action
                        and cooldowns.cooled_until > $4
                    offset 0
                )
                    then 'person_cooled'
                when windows.timezone is null then 'outside_window'
                when not (
                    select rendered.is_as_rendered
                    from outreach.is_as_rendered(
                        jobs, sends.variant, sends.validation_stamps
                    ) as rendered
                )
                    then 'template_changed'
                else 'limit_' || (
                    select limits.reached
                    from outreach.limit_reached(
                        jobs.workspace_id, jobs.account_id, jobs.action,
                        ($4 at time zone windows.timezone)::date, $4
                    ) as limits
                )
            end as refusal
        offset 0 -- each verdict is found once, however often it is named above
    ) as verdicts
    order by sends.job_id
$$;
