-- The steps of a campaign with people who wait for a template to be fixed: how many, and
-- the most frequent error among them. At most 10,001 people are counted, of which the page
-- says "10,000+". Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_parked_steps(
    in_workspace_id bigint,
    in_campaign_id bigint
)
returns table (
    step_id bigint,
    step_number integer,
    parked_count bigint,
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
        steps.step_id,
        steps.position + 1,
        count(*),
        mode() within group (order by parked.template_error ->> 'message')
    from (
        select
            enrollments.current_step_id,
            enrollments.template_error
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = in_workspace_id
            and enrollments.campaign_id = in_campaign_id
            and enrollments.linkedin_status = 'pending_template_fix'
        limit 10001
    ) as parked
    inner join outreach.campaign_steps as steps
        on
            steps.workspace_id = in_workspace_id
            and parked.current_step_id = steps.step_id
    group by
        steps.step_id,
        steps.position
    order by steps.position;
end
$$;

revoke execute on function outreach.console_parked_steps(bigint, bigint) from public;
grant execute on function outreach.console_parked_steps(bigint, bigint) to console;
