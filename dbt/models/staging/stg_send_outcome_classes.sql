select
    outcome as outcome_class,
    means as outcome_means,
    description as class_description

from {{ source('outreach', 'send_outcome_classes') }}
