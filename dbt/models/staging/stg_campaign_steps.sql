select
    workspace_id,
    step_id,
    campaign_id,
    position as step_position,
    action,
    delay as delay_after_previous,
    settings as step_settings

from {{ source('outreach', 'campaign_steps') }}
