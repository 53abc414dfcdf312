{# A later signal narrows the interval by a row of its own. #}
select distinct on (workspace_id, enrollment_id)
    workspace_id,
    enrollment_id,
    accepted_after,
    accepted_before

from {{ ref('stg_accept_credits') }}

where
    is_credited
    and decided_at <= {{ var('as_of') }}

order by
    workspace_id asc,
    enrollment_id asc,
    credit_id desc
