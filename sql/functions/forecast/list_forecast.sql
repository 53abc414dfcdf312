-- The acts of a workspace's forecast with their names, in the order in which they go,
-- and then the enrollments whose next act does not go before until: see
-- outreach.forecast_acts().
-- account_ids, only_campaign_id: null for all.
-- local_time: expected_at on the account's wall clock. step: its number from 1.
create or replace function outreach.list_forecast(
    workspace_id bigint,
    account_ids bigint [],
    only_campaign_id bigint,
    as_of timestamptz,
    until timestamptz
)
returns table (
    expected_at timestamptz,
    local_time timestamp,
    timezone text,
    account_id bigint,
    account text,
    prospect_id bigint,
    person text,
    campaign_id bigint,
    campaign text,
    step integer,
    step_id bigint,
    action text,
    outlook text,
    blocker text,
    explanation text,
    earliest_at timestamptz,
    latest_at timestamptz,
    jobs_ahead_count integer,
    act_number integer,
    enrollment_id bigint,
    job_id bigint
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        acts.expected_at,
        acts.expected_at at time zone zones.timezone,
        zones.timezone,
        acts.account_id,
        accounts.name,
        prospects.prospect_id,
        coalesce(
            nullif(concat_ws(' ', prospects.first_name, prospects.last_name), ''),
            prospects.public_identifier
        ),
        campaigns.campaign_id,
        campaigns.name,
        steps.position + 1,
        acts.step_id,
        acts.action,
        acts.outlook,
        acts.blocker,
        vocabulary.explanation,
        acts.earliest_at,
        acts.latest_at,
        acts.jobs_ahead_count,
        acts.act_number,
        acts.enrollment_id,
        acts.job_id
    from outreach.forecast_acts(
        list_forecast.workspace_id, list_forecast.account_ids, list_forecast.as_of,
        list_forecast.until
    ) as acts
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = list_forecast.workspace_id
            and acts.enrollment_id = enrollments.enrollment_id
    inner join outreach.prospects
        on
            prospects.workspace_id = list_forecast.workspace_id
            and enrollments.prospect_id = prospects.prospect_id
    inner join outreach.campaigns
        on
            campaigns.workspace_id = list_forecast.workspace_id
            and enrollments.campaign_id = campaigns.campaign_id
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = list_forecast.workspace_id
            and acts.account_id = accounts.account_id
    cross join lateral (
        select
            outreach.account_timezone(
                accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
                coalesce(acts.expected_at, list_forecast.as_of)
            ) as timezone
    ) as zones
    left join outreach.campaign_steps as steps
        on
            steps.workspace_id = list_forecast.workspace_id
            and acts.step_id = steps.step_id
    left join outreach.blockers() as vocabulary
        on acts.blocker = vocabulary.blocker
    where
        list_forecast.only_campaign_id is null
        or enrollments.campaign_id = list_forecast.only_campaign_id
    order by
        acts.expected_at,
        acts.enrollment_id,
        acts.act_number;
end
$$;
