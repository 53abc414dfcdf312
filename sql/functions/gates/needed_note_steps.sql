-- The steps that invite with a note whatever wording is drawn, and wait while the
-- account's notes are held.
create or replace function outreach.needed_note_steps(workspace_id bigint)
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select steps.step_id
    from outreach.campaign_steps as steps
    where
        steps.workspace_id = needed_note_steps.workspace_id
        and steps.action = 'send_invite'
        and steps.settings ->> 'on_note_limit' is distinct from 'leave_out'
        and exists (
            select 1
            from outreach.campaign_step_templates as templates
            where
                templates.workspace_id = needed_note_steps.workspace_id
                and templates.step_id = steps.step_id
                and templates.field = 'note'
        )
        and not exists (
            select 1
            from jsonb_object_keys(steps.settings -> 'weights') as named (variant)
            where
                not exists (
                    select 1
                    from outreach.campaign_step_templates as templates
                    where
                        templates.workspace_id = needed_note_steps.workspace_id
                        and templates.step_id = steps.step_id
                        and templates.variant = named.variant
                        and templates.field = 'note'
                )
        );
end
$$;
