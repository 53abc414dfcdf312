-- The campaigns of a workspace with their numbers of steps and people.
create or replace function outreach.list_campaigns(in_workspace_id bigint)
returns table (
    workspace_id bigint,
    workspace text,
    campaign_id bigint,
    campaign text,
    status text,
    steps bigint,
    people bigint,
    parked bigint,
    created_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    steps as (

        select
            steps.campaign_id,
            count(*) as step_count
        from outreach.campaign_steps as steps
        where steps.workspace_id = in_workspace_id
        group by steps.campaign_id

    ),

    enrollments as (

        select
            enrollments.campaign_id,
            count(*) as enrollment_count,
            count(*) filter (
                where enrollments.linkedin_status = 'pending_template_fix'
            ) as parked_count
        from outreach.campaign_prospects as enrollments
        where enrollments.workspace_id = in_workspace_id
        group by enrollments.campaign_id

    )

    select
        campaigns.workspace_id,
        workspaces.name,
        campaigns.campaign_id,
        campaigns.name,
        campaigns.status,
        coalesce(steps.step_count, 0),
        coalesce(enrollments.enrollment_count, 0),
        coalesce(enrollments.parked_count, 0),
        campaigns.created_at
    from outreach.campaigns as campaigns
    inner join outreach.workspaces as workspaces
        on campaigns.workspace_id = workspaces.workspace_id
    left join steps
        on campaigns.campaign_id = steps.campaign_id
    left join enrollments
        on campaigns.campaign_id = enrollments.campaign_id
    where campaigns.workspace_id = in_workspace_id
    order by campaigns.campaign_id;
end
$$;
