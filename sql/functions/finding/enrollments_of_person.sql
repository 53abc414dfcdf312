-- The enrollments of a person, or the enrollment with an id, with their states, the
-- newest first. One of the two arguments is null.
create or replace function outreach.enrollments_of_person(
    in_workspace_id bigint,
    wanted_prospect_id bigint,
    wanted_enrollment_id bigint default null
)
returns table (
    workspace_id bigint,
    workspace_name text,
    enrollment_id bigint,
    prospect_id bigint,
    prospect_name text,
    profile text,
    campaign_id bigint,
    campaign_name text,
    account_name text,
    account_timezone text,
    linkedin_status text,
    failed_classification text,
    is_paused boolean
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
        workspaces.name,
        enrollments.enrollment_id,
        prospects.prospect_id,
        concat_ws(' ', prospects.first_name, prospects.last_name),
        coalesce(prospects.public_identifier, prospects.provider_id),
        campaigns.campaign_id,
        campaigns.name,
        accounts.name,
        outreach.account_timezone(
            accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
            clock_timestamp()
        ),
        enrollments.linkedin_status,
        enrollments.failed_classification,
        enrollments.paused_at is not null
    from outreach.campaign_prospects as enrollments
    inner join outreach.prospects as prospects
        on
            prospects.workspace_id = in_workspace_id
            and enrollments.prospect_id = prospects.prospect_id
    inner join outreach.workspaces as workspaces
        on enrollments.workspace_id = workspaces.workspace_id
    inner join outreach.campaigns as campaigns
        on
            campaigns.workspace_id = in_workspace_id
            and enrollments.campaign_id = campaigns.campaign_id
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = in_workspace_id
            and enrollments.account_id = accounts.account_id
    where
        enrollments.workspace_id = in_workspace_id
        and (
            enrollments.prospect_id = wanted_prospect_id
            or enrollments.enrollment_id = wanted_enrollment_id
        )
    order by
        enrollments.created_at desc,
        enrollments.enrollment_id desc;
end
$$;
