select
    workspace_id,
    account_id,
    action,
    counted_on,
    count(*) as attempts_begun_count,
    count(*) filter (where attempt_state <> 'unsent') as in_flight_count,
    max(unsent_recorded_at) filter (
        where attempt_state = 'unsent'
    ) as last_unsent_recorded_at

from {{ ref('int_attempt_states') }}

group by
    workspace_id,
    account_id,
    action,
    counted_on
