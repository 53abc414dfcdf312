-- Who is at or over which daily limit today, on the account's own calendar? The count
-- is recomputed from rows and not from a cached counter. No account may ever be over.
select
    account_name,
    action,
    counted_on,
    recomputed as spent,
    limit_per_day,
    recomputed > limit_per_day as is_over

from {{ ref('account_counter_drift') }}

where recomputed >= limit_per_day

order by
    is_over desc,
    account_name asc,
    action asc
