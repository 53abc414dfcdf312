select
    workspace_id,
    heal_id,
    account_id,
    action,
    counted_on,
    before as count_before,
    after as count_after,
    actual as actual_count,
    in_flight as in_flight_count,
    kind as heal_kind,
    healed_by,
    healed_at

from {{ source('outreach', 'linkedin_counter_heals') }}
