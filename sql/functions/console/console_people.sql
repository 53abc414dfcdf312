-- What a page shows of some people in campaigns, in the given order: the two arrays go
-- together, and an enrollment is null for a person in no campaign. The reason why
-- nothing is sent yet is that of outreach.console_reasons(). Security definer: the
-- console reads it, without rights to its tables.
-- step_number: of the step of the live job, or where the enrollment is; from 1.
-- unknown_attempt_id: the call of the live job, if it was never answered.
create or replace function outreach.console_people(
    in_workspace_id bigint,
    prospect_ids bigint [],
    enrollment_ids bigint [],
    at timestamptz
)
returns table (
    prospect_id bigint,
    enrollment_id bigint,
    person text,
    profile text,
    company text,
    job_title text,
    email text,
    is_do_not_contact boolean,
    campaign_id bigint,
    campaign text,
    account_id bigint,
    account text,
    timezone text,
    linkedin_status text,
    failed_classification text,
    paused_at timestamptz,
    paused_by text,
    paused_reason text,
    enrolled_at timestamptz,
    invited_at timestamptz,
    accepted_at timestamptz,
    step_id bigint,
    step_number integer,
    action text,
    next_action_at timestamptz,
    blocker text,
    explanation text,
    lifts_at timestamptz,
    unknown_attempt_id bigint
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        asked.prospect_id,
        asked.enrollment_id,
        nullif(concat_ws(' ', prospects.first_name, prospects.last_name), ''),
        coalesce(prospects.public_identifier, prospects.provider_id),
        prospects.company,
        prospects.job_title,
        prospects.email,
        prospects.do_not_contact_at is not null,
        enrollments.campaign_id,
        campaigns.name,
        enrollments.account_id,
        accounts.name,
        outreach.account_timezone(
            accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
            console_people.at
        ),
        enrollments.linkedin_status,
        enrollments.failed_classification,
        enrollments.paused_at,
        enrollments.paused_by,
        enrollments.paused_reason,
        enrollments.created_at,
        enrollments.linkedin_invited_at,
        enrollments.linkedin_accepted_at,
        steps.step_id,
        case when steps.removed_at is null then steps.position + 1 end,
        coalesce(jobs.action, steps.action),
        enrollments.next_action_at,
        reasons.blocker,
        reasons.explanation,
        reasons.lifts_at,
        case
            when jobs.status = 'unknown' then (
                select max(attempts.attempt_id)
                from outreach.send_attempts as attempts
                where
                    attempts.workspace_id = in_workspace_id
                    and attempts.job_id = jobs.job_id
            )
        end
    from unnest(prospect_ids, enrollment_ids) with ordinality as asked (
        prospect_id, enrollment_id, place
    )
    inner join outreach.prospects
        on
            prospects.workspace_id = in_workspace_id
            and asked.prospect_id = prospects.prospect_id
    left join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = in_workspace_id
            and asked.enrollment_id = enrollments.enrollment_id
    left join outreach.campaigns
        on
            campaigns.workspace_id = in_workspace_id
            and enrollments.campaign_id = campaigns.campaign_id
    left join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = in_workspace_id
            and enrollments.account_id = accounts.account_id
    left join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = in_workspace_id
            and enrollments.enrollment_id = jobs.enrollment_id
            and outreach.is_live_job(jobs.status)
    left join outreach.campaign_steps as steps
        on
            steps.workspace_id = in_workspace_id
            and coalesce(jobs.step_id, enrollments.current_step_id) = steps.step_id
    left join outreach.console_reasons(
        in_workspace_id, enrollment_ids, console_people.at
    ) as reasons
        on asked.enrollment_id = reasons.enrollment_id
    order by asked.place;
end
$$;

revoke execute on function outreach.console_people(
    bigint, bigint [], bigint [], timestamptz
) from public;
grant execute on function outreach.console_people(
    bigint, bigint [], bigint [], timestamptz
) to console;
