-- Removes a step from its campaign and deletes its texts. The row stays for its past
-- sends. It is refused while an unfinished enrollment is at the step, because a step is
-- never skipped.
create or replace function outreach.remove_campaign_step(
    workspace_id bigint,
    campaign_id bigint,
    step_id bigint,
    as_of timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    standing_count bigint;
    lowest integer;
begin
    select steps.active_count
    into standing_count
    from outreach.saved_campaign_steps(
        remove_campaign_step.workspace_id, remove_campaign_step.campaign_id
    ) as steps
    where steps.step_id = remove_campaign_step.step_id;

    if standing_count > 0 then
        raise exception 'step % of workspace % cannot be removed: % people are at it',
            remove_campaign_step.step_id, remove_campaign_step.workspace_id,
            standing_count
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Keep it in the campaign file until they have passed it.';
    end if;

    select least(min(steps.position), 0) - 1
    into lowest
    from outreach.campaign_steps as steps
    where
        steps.workspace_id = remove_campaign_step.workspace_id
        and steps.campaign_id = remove_campaign_step.campaign_id;

    update outreach.campaign_steps as steps
    set
        position = lowest,
        removed_at = remove_campaign_step.as_of
    where
        steps.workspace_id = remove_campaign_step.workspace_id
        and steps.step_id = remove_campaign_step.step_id;

    delete from outreach.campaign_step_templates as templates
    where
        templates.workspace_id = remove_campaign_step.workspace_id
        and templates.step_id = remove_campaign_step.step_id;
end
$$;
