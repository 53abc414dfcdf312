-- Fails for each campaign and step whose prospects have waited over 24 hours for a
-- template to be fixed. No prospect is lost, no limit is spent, and nothing is sent.
-- What to do: correct the template in the campaign's file, and save it with
-- `trueup campaign save`; the save re-arms them. A prospect with a missing value
-- continues once the value is filled in, or the template has a fallback.
-- A warning: nothing else depends on it.
{{ config(severity='warn') }}

select
    workspace_id,
    campaign_id,
    step_id,
    parked_count,
    parked_since,
    campaign_name || ', step ' || step_number as subject,
    parked_count || ' prospects wait for the template of step ' || step_number
    || ' to be fixed, since ' || to_char(
        parked_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI'
    ) || ' UTC: ' || error_message as message

from {{ ref('template_fix_backlog') }}

where parked_since < {{ var('as_of') }} - interval '24 hours'
