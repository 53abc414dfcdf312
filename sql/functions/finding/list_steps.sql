-- The steps of a campaign in their order, each text with the field that it fills.
-- time_out, on_time_out: how long a step waits for an accept at most, and what follows.
create or replace function outreach.list_steps(workspace_id bigint, campaign_id bigint)
returns table (
    step bigint,
    action text,
    delay interval,
    variant text,
    field text,
    template text,
    time_out interval,
    on_time_out text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        dense_rank() over (order by steps.position),
        steps.action,
        steps.delay,
        templates.variant,
        templates.field,
        templates.template,
        (steps.settings ->> 'time_out')::interval,
        case
            when steps.settings ? 'time_out'
                then coalesce(steps.settings ->> 'on_time_out', 'move_on')
        end
    from outreach.campaign_steps as steps
    left join outreach.campaign_step_templates as templates
        on
            templates.workspace_id = list_steps.workspace_id
            and steps.step_id = templates.step_id
    where
        steps.workspace_id = list_steps.workspace_id
        and steps.campaign_id = list_steps.campaign_id
    order by
        steps.position,
        templates.variant,
        templates.field;
end
$$;
