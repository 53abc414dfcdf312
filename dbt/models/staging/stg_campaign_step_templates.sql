select
    workspace_id,
    step_id,
    variant,
    field as template_field,
    template as template_text,
    validation_stamp,
    validated_at

from {{ source('outreach', 'campaign_step_templates') }}
