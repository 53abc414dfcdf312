select
    workspace_id,
    step_id,
    variant,
    field as template_field,
    validation_stamp,
    is_valid,
    errors as validation_errors,
    validated_at

from {{ source('outreach', 'template_validations') }}
