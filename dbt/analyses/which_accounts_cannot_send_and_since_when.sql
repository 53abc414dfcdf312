-- Which accounts cannot send, why, and since when?
select
    health.account_name,
    health.not_sendable_because,
    statuses.reason as status_reason,
    health.due_count,
    case
        when health.account_status <> 'connected' then statuses.since
        else health.paused_at
    end as since

from {{ ref('send_queue_health') }} as health

inner join {{ ref('account_status') }} as statuses
    on
        health.workspace_id = statuses.workspace_id
        and health.account_id = statuses.account_id

where not health.is_sendable

order by
    health.due_count desc,
    health.account_name asc
