select
    workspace_id,
    outcome_id,
    attempt_id,
    outcome as outcome_class,
    means as outcome_means,
    decided_by,
    actor,
    reason,
    http_status,
    error_type,
    detail,
    provider_reference,
    retry_after,
    latency_ms,
    raw_response,
    recorded_at,
    (facts ->> 'usage')::numeric as provider_usage_percent

from {{ source('outreach', 'send_attempt_outcomes') }}
