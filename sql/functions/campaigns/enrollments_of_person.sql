-- The enrollments of whoever has this name, email address, public identifier or
-- provider id, or the enrollment of this id: where each stands, the newest first.
create or replace function outreach.enrollments_of_person(wanted text)
returns table (
    workspace_id bigint,
    workspace_name text,
    enrollment_id bigint,
    prospect_name text,
    profile text,
    campaign_name text,
    account_name text,
    account_timezone text,
    linkedin_status text,
    failed_classification text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        enrollments.workspace_id,
        workspaces.name as workspace_name,
        enrollments.enrollment_id,
        concat_ws(' ', prospects.first_name, prospects.last_name) as prospect_name,
        coalesce(prospects.public_identifier, prospects.provider_id) as profile,
        campaigns.name as campaign_name,
        accounts.name as account_name,
        outreach.account_timezone(
            accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
            clock_timestamp()
        ) as account_timezone,
        enrollments.linkedin_status,
        enrollments.failed_classification
    from outreach.prospects
    inner join outreach.campaign_prospects as enrollments
        on
            prospects.workspace_id = enrollments.workspace_id
            and prospects.prospect_id = enrollments.prospect_id
    inner join outreach.workspaces
        on enrollments.workspace_id = workspaces.workspace_id
    inner join outreach.campaigns
        on
            enrollments.workspace_id = campaigns.workspace_id
            and enrollments.campaign_id = campaigns.campaign_id
    inner join outreach.linkedin_accounts as accounts
        on
            enrollments.workspace_id = accounts.workspace_id
            and enrollments.account_id = accounts.account_id
    where
        lower(wanted) in (
            lower(concat_ws(' ', prospects.first_name, prospects.last_name)),
            lower(prospects.email)
        )
        or wanted in (
            prospects.public_identifier,
            prospects.provider_id,
            enrollments.enrollment_id::text
        )
    order by
        enrollments.created_at desc,
        enrollments.workspace_id,
        enrollments.enrollment_id desc;
end
$$;
