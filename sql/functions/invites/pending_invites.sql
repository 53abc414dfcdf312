-- The invites of a workspace that are out and have no answer, the oldest first: those
-- that outreach.outstanding_invites counts as sent. An invite that was pending before
-- its campaign (already_pending) is as old as that answer.
-- verdict: what a withdrawal would do with it now: withdraw; sooner, where one is queued
-- for later; or keep, and what_happens says why. what_happens: for a person to read.
-- withdrawal_at: when its queued withdrawal is due; null without one.
create or replace function outreach.pending_invites(
    workspace_id bigint,
    of_account_id bigint default null,
    of_campaign_id bigint default null,
    older_than interval default null,
    at timestamptz default null
)
returns table (
    enrollment_id bigint,
    person text,
    account_id bigint,
    account text,
    campaign_id bigint,
    campaign text,
    invited_at timestamptz,
    days_pending integer,
    verdict text,
    what_happens text,
    withdrawal_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    moment constant timestamptz := coalesce(pending_invites.at, clock_timestamp());
begin
    return query
    select
        invites.enrollment_id,
        invites.person,
        invites.account_id,
        invites.account,
        invites.campaign_id,
        invites.campaign,
        invites.invited_at,
        floor(extract(epoch from moment - invites.invited_at) / 86400)::integer,
        verdicts.verdict,
        outreach.withdrawal_outlook(
            verdicts.verdict, invites.linkedin_status, invites.job_action,
            invites.campaign_status
        ),
        case when invites.job_action = 'withdraw_invite' then invites.run_at end
    from (
        select
            enrollments.enrollment_id,
            enrollments.account_id,
            accounts.name as account,
            enrollments.campaign_id,
            campaigns.name as campaign,
            campaigns.status as campaign_status,
            enrollments.linkedin_status,
            coalesce(
                nullif(concat_ws(' ', prospects.first_name, prospects.last_name), ''),
                prospects.public_identifier,
                prospects.provider_id
            ) as person,
            coalesce(
                enrollments.linkedin_invited_at,
                (
                    select min(events.occurred_at)
                    from outreach.campaign_events as events
                    where
                        events.workspace_id = pending_invites.workspace_id
                        and events.enrollment_id = enrollments.enrollment_id
                        and events.event_type = 'already_pending'
                )
            ) as invited_at,
            jobs.status as job_status,
            nullif(jobs.action, 'end_wait') as job_action,
            jobs.run_at
        from outreach.campaign_prospects as enrollments
        inner join outreach.linkedin_accounts as accounts
            on
                accounts.workspace_id = pending_invites.workspace_id
                and enrollments.account_id = accounts.account_id
        inner join outreach.campaigns
            on
                campaigns.workspace_id = pending_invites.workspace_id
                and enrollments.campaign_id = campaigns.campaign_id
        inner join outreach.prospects
            on
                prospects.workspace_id = pending_invites.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        left join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = pending_invites.workspace_id
                and enrollments.enrollment_id = jobs.enrollment_id
                and outreach.is_live_job(jobs.status)
        where
            enrollments.workspace_id = pending_invites.workspace_id
            and enrollments.linkedin_accepted_at is null
            and (
                enrollments.linkedin_invited_at is not null
                or enrollments.linkedin_status = 'pending_accept'
            )
            and enrollments.linkedin_status <> 'withdrawn'
            and (
                of_account_id is null
                or enrollments.account_id = of_account_id
            )
            and (
                of_campaign_id is null
                or enrollments.campaign_id = of_campaign_id
            )
            and not exists (
                select 1
                from outreach.campaign_events as events
                where
                    events.workspace_id = pending_invites.workspace_id
                    and events.enrollment_id = enrollments.enrollment_id
                    and events.event_type = 'invite_gone'
            )
    ) as invites
    cross join lateral (
        select
            case
                when invites.linkedin_status = 'replied' then 'keep'
                when invites.job_status in ('sending', 'unknown') then 'keep'
                when invites.job_action is distinct from 'withdraw_invite'
                    then 'withdraw'
                when invites.job_status = 'queued' and invites.run_at > moment
                    then 'sooner'
                else 'keep'
            end as verdict
    ) as verdicts
    where
        pending_invites.older_than is null
        or invites.invited_at
        <= moment - least(pending_invites.older_than, interval '1000 years')
    order by
        invites.invited_at nulls first,
        invites.enrollment_id;
end
$$;
