-- The invites of a workspace that are out and have no answer, the oldest first: those
-- that outreach.outstanding_invite_counts counts as sent. One that was pending before its
-- campaign (already_pending) is as old as that answer. most_rows: at most so many; null
-- for all. verdict, what_happens: what a withdrawal would do with it now
-- (outreach.withdrawal_verdict, withdrawal_outlook). withdrawal_at: when its queued
-- withdrawal is due; null without one. all_count, withdrawn_count: how many there are,
-- and how many a withdrawal takes back, without most_rows.
create or replace function outreach.pending_invites(
    workspace_id bigint,
    of_account_id bigint default null,
    of_campaign_id bigint default null,
    older_than interval default null,
    at timestamptz default null,
    most_rows bigint default null
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
    withdrawal_at timestamptz,
    prospect_id bigint,
    all_count bigint,
    withdrawn_count bigint
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
        coalesce(
            nullif(concat_ws(' ', prospects.first_name, prospects.last_name), ''),
            prospects.public_identifier,
            prospects.provider_id
        ),
        invites.account_id,
        accounts.name,
        invites.campaign_id,
        campaigns.name,
        invites.invited_at,
        floor(extract(epoch from moment - invites.invited_at) / 86400)::integer,
        invites.verdict,
        outreach.withdrawal_outlook(
            invites.verdict, invites.linkedin_status, invites.job_action,
            campaigns.status
        ),
        case when invites.job_action = 'withdraw_invite' then invites.run_at end,
        invites.prospect_id,
        invites.all_count,
        invites.withdrawn_count
    from (
        -- There may be many: names and words are found for those that are returned.
        select
            out.*,
            judged.verdict,
            count(*) over () as all_count,
            count(*) filter (where judged.verdict <> 'keep') over () as withdrawn_count
        from (
            select
                enrollments.enrollment_id,
                enrollments.prospect_id,
                enrollments.account_id,
                enrollments.campaign_id,
                enrollments.linkedin_status,
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
                and (of_account_id is null or enrollments.account_id = of_account_id)
                and (
                    of_campaign_id is null or enrollments.campaign_id = of_campaign_id
                )
                and not exists (
                    select 1
                    from outreach.campaign_events as events
                    where
                        events.workspace_id = pending_invites.workspace_id
                        and events.enrollment_id = enrollments.enrollment_id
                        and events.event_type = 'invite_gone'
                )
        ) as out
        cross join lateral (
            select
                outreach.withdrawal_verdict(
                    out.linkedin_status, out.job_status, out.job_action, out.run_at,
                    moment
                ) as verdict
        ) as judged
        where
            older_than is null
            or out.invited_at <= moment - least(older_than, interval '1000 years')
        order by
            out.invited_at nulls first,
            out.enrollment_id
        limit most_rows
    ) as invites
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = pending_invites.workspace_id
            and invites.account_id = accounts.account_id
    inner join outreach.campaigns
        on
            campaigns.workspace_id = pending_invites.workspace_id
            and invites.campaign_id = campaigns.campaign_id
    inner join outreach.prospects
        on
            prospects.workspace_id = pending_invites.workspace_id
            and invites.prospect_id = prospects.prospect_id
    order by
        invites.invited_at nulls first,
        invites.enrollment_id;
end
$$;
