select distinct on (workspace_id, enrollment_id)
    workspace_id,
    enrollment_id,
    variant

from {{ ref('int_sends') }}

where event_type <> 'profile_resolved'

order by
    workspace_id asc,
    enrollment_id asc,
    occurred_at asc,
    event_id asc
