-- The steps that invite with a note whatever wording is drawn, and wait while the
-- account's notes are held.
create or replace view outreach.needed_note_steps
with (security_invoker = true)
as
select
    steps.workspace_id,
    steps.step_id
from outreach.campaign_steps as steps
where
    steps.action = 'send_invite'
    and steps.settings ->> 'on_note_limit' is distinct from 'leave_out'
    and exists (
        select 1
        from outreach.campaign_step_templates as templates
        where
            templates.workspace_id = steps.workspace_id
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
                    templates.workspace_id = steps.workspace_id
                    and templates.step_id = steps.step_id
                    and templates.variant = named.variant
                    and templates.field = 'note'
            )
    );

grant select on outreach.needed_note_steps to sender, operator;
