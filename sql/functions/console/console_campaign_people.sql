-- How many people each of some campaigns has, how many of them it still goes on with, how
-- many of their jobs a pause stops, and how many wait for a template to be fixed. Each
-- count stops at 10,001, of which the page says "10,000+". Security definer: the console
-- reads it, without rights to its tables.
create or replace function outreach.console_campaign_people(
    workspace_ids bigint [],
    campaign_ids bigint []
)
returns table (
    workspace_id bigint,
    campaign_id bigint,
    people_count bigint,
    active_count bigint,
    job_count bigint,
    parked_count bigint
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
    for workspace_id, campaign_id in
        select
            wanted.workspace_id,
            wanted.campaign_id
        from unnest(workspace_ids, campaign_ids) as wanted (workspace_id, campaign_id)
    loop
        select
            count(*),
            count(*) filter (
                where outreach.is_under_way(counted.linkedin_status)
            ),
            count(*) filter (where counted.next_action_at is not null)
        into people_count, active_count, job_count
        from (
            select
                enrollments.linkedin_status,
                enrollments.next_action_at
            from outreach.campaign_prospects as enrollments
            where
                enrollments.workspace_id = console_campaign_people.workspace_id
                and enrollments.campaign_id = console_campaign_people.campaign_id
            limit 10001
        ) as counted;

        select count(*)
        into parked_count
        from (
            select 1
            from outreach.campaign_prospects as enrollments
            where
                enrollments.workspace_id = console_campaign_people.workspace_id
                and enrollments.campaign_id = console_campaign_people.campaign_id
                and enrollments.linkedin_status = 'pending_template_fix'
            limit 10001
        ) as parked;

        return next;
    end loop;
end
$$;

revoke execute on function outreach.console_campaign_people(bigint [], bigint [])
from public;
grant execute on function outreach.console_campaign_people(bigint [], bigint [])
to console;
