-- The start of a person in a campaign: its first step with an action, the action of its
-- first job (outreach.step_action), and the delay before it. A person with a known
-- LinkedIn id needs no look-up. No row if the campaign has no such step.
create or replace function outreach.first_send_of_campaign(
    workspace_id bigint,
    campaign_id bigint,
    is_resolved boolean
)
returns table (step_id bigint, action text, waits_for interval)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        waited.step_id,
        waited.first_action,
        waited.waits_for
    from (
        select
            steps.step_id,
            steps.action,
            outreach.step_action(
                row(steps.*)::outreach.campaign_steps, is_resolved
            ) as first_action,
            steps.position,
            sum(steps.delay) over (order by steps.position) as waits_for
        from outreach.campaign_steps as steps
        where
            steps.workspace_id = first_send_of_campaign.workspace_id
            and steps.campaign_id = first_send_of_campaign.campaign_id
            and steps.removed_at is null
    ) as waited
    where
        waited.action <> 'wait'
        and not (is_resolved and waited.action = 'resolve_profile')
    order by waited.position
    limit 1;
end
$$;
