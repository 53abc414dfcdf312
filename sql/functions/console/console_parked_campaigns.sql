-- The campaigns whose people wait for a template to be fixed, those with most people
-- first: how many, in which steps (numbers from 1), and the most
-- frequent error. Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_parked_campaigns(most_rows integer)
returns table (
    workspace_id bigint,
    workspace text,
    campaign_id bigint,
    campaign text,
    parked_count bigint,
    step_numbers integer [],
    error_message text
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
        campaigns.workspace_id,
        workspaces.name,
        campaigns.campaign_id,
        campaigns.name,
        count(*),
        array_agg(distinct steps.position + 1 order by steps.position + 1),
        mode() within group (order by enrollments.template_error ->> 'message')
    from outreach.campaign_prospects as enrollments
    inner join outreach.campaigns
        on
            enrollments.workspace_id = campaigns.workspace_id
            and enrollments.campaign_id = campaigns.campaign_id
    inner join outreach.workspaces
        on campaigns.workspace_id = workspaces.workspace_id
    inner join outreach.campaign_steps as steps
        on
            enrollments.workspace_id = steps.workspace_id
            and enrollments.current_step_id = steps.step_id
    where enrollments.linkedin_status = 'pending_template_fix'
    group by
        campaigns.workspace_id,
        workspaces.name,
        campaigns.campaign_id,
        campaigns.name
    order by
        count(*) desc,
        campaigns.campaign_id
    limit most_rows;
end
$$;

revoke execute on function outreach.console_parked_campaigns(integer) from public;
grant execute on function outreach.console_parked_campaigns(integer) to console;
