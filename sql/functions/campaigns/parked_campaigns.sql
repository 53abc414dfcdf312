-- The campaigns with enrollments in pending_template_fix, and their number.
create or replace function outreach.parked_campaigns()
returns table (
    workspace_id bigint,
    workspace_name text,
    campaign_id bigint,
    campaign_name text,
    parked_count bigint
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        campaigns.workspace_id,
        workspaces.name as workspace_name,
        campaigns.campaign_id,
        campaigns.name as campaign_name,
        count(*) as parked_count
    from outreach.campaign_prospects as enrollments
    inner join outreach.campaigns
        on
            enrollments.workspace_id = campaigns.workspace_id
            and enrollments.campaign_id = campaigns.campaign_id
    inner join outreach.workspaces
        on campaigns.workspace_id = workspaces.workspace_id
    where enrollments.linkedin_status = 'pending_template_fix'
    group by
        campaigns.workspace_id,
        workspaces.name,
        campaigns.campaign_id,
        campaigns.name
    order by
        workspaces.name,
        campaigns.name
$$;
