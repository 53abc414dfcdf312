-- Fails for each campaign and step with parked prospects whose present template
-- validates: a save re-arms them, so the text was changed without a save. What to do:
-- run `trueup heal parked`.
-- A warning: an error would keep the re-arming itself from running.
{{ config(severity='warn') }}

select
    workspace_id,
    campaign_id,
    step_id,
    rearmable_count,
    campaign_name || ', step ' || step_number as subject,
    rearmable_count || ' prospects are parked at step ' || step_number
    || ', whose template validates.' as message

from {{ ref('template_fix_backlog') }}

where rearmable_count > 0
